package io.github.sessionferry.cli;

import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.rollout.Stage;
import io.github.sessionferry.migration.live.CarriedSession;
import io.github.sessionferry.migration.live.CarryBackReport;
import io.github.sessionferry.migration.live.EmergencyReport;
import io.github.sessionferry.migration.live.MigrationController;
import io.github.sessionferry.migration.live.RollbackReport;
import io.github.sessionferry.migration.live.StagedRollback;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Takes a live migration back. Not thread-safe. */
@Command(
        name = "rollback",
        description = {
            "Takes a live migration back to an earlier stage, step by step, with what was written to the target.",
            "Where it has stopped, running the same again goes on."
        },
        exitCodeList = {
            "0:done",
            "1:stopped at a step, which says why; or a step of the emergency could not be done",
            "2:wrong usage; nothing was done",
            "130:stopped by Ctrl-C; run again to go on (143: by SIGTERM)"
        },
        footer = StoreArguments.ADDRESSES)
final class RollbackCommand implements Callable<Integer> {

    static final String CARRIED_BACK = "carried-back.jsonl";

    private static final int EXAMPLES = 5;

    @Spec
    private CommandSpec command = CommandSpec.create();

    @Mixin
    private Reserve reserve = new Reserve();

    @Mixin
    private StoreArguments stores = new StoreArguments();

    @Option(
            names = "--to-stage",
            paramLabel = "STAGE",
            defaultValue = "SOURCE_ONLY",
            description = "The stage to go back to: ${COMPLETION-CANDIDATES}; SOURCE_ONLY if not given.")
    private Stage stage = Stage.SOURCE_ONLY;

    @Option(
            names = "--emergency",
            description = {
                "Have everybody served by the source within seconds, whatever is owed.",
                "Afterwards, run it without this option to carry back what only the target has."
            })
    private boolean emergency;

    @Option(
            names = "--window",
            paramLabel = "TIME",
            defaultValue = "10s",
            converter = WaitingTime.class,
            description = {
                "How long calls are watched after each step, as processes tell them; 10s if not given. If 5%% fail or more,",
                "it stops there."
            })
    private Duration window = Duration.ofSeconds(10);

    @Option(
            names = "--report",
            paramLabel = "DIR",
            description = "Name there, in " + CARRIED_BACK + ", each session that was carried back.")
    private @Nullable Path folder;

    @Mixin
    private MoveArguments move = new MoveArguments();

    @Mixin
    private Console console = new Console();

    @Override
    public Integer call() {
        console.begin();
        if (emergency) {
            return callEmergency();
        }
        if (folder != null) {
            ReportFolder.requireWritable(command, "--report", folder);
        }
        try (SessionService source = stores.openSource();
                SessionService target = stores.openTarget();
                Progress progress =
                        Progress.of("rollback", command.commandLine().getErr())) {
            StagedRollback rollback = rollback(source, target, progress);
            return Interruption.cancellable(rollback::cancel, () -> finish(rollback.run(stage), progress));
        }
    }

    private StagedRollback rollback(SessionService source, SessionService target, Progress progress) {
        StagedRollback.Builder builder = StagedRollback.builder(
                        source,
                        target,
                        MigrationController.builder(source, target).build())
                .overrides(move.overrides())
                .askedFor(move.by(), move.reason())
                .settleTime(move.patience())
                .window(window)
                .reserve(reserve.share())
                .listeners(progress, progress);
        if (folder != null) {
            builder.file(folder.resolve(CARRIED_BACK));
        }
        return builder.build();
    }

    private int finish(RollbackReport report, Progress progress) {
        progress.close();
        console.say(
                report.succeeded()
                        ? console.styled("bold,green", "✔ Nobody is in a later stage than " + stage)
                        : console.styled("bold,red", "✘ Stopped"));
        report.steps()
                .forEach(step -> console.say(String.format(
                        Locale.ROOT,
                        "  %s  %-18s  %s%s",
                        step.finished(),
                        step.phase(),
                        step.done() ? "" : "not done: ",
                        Printable.line(step.detail()))));
        report.carriedBack().ifPresent(this::sayCarriedBack);
        console.result(fields(report));
        return report.succeeded() ? ExitCode.OK : ExitCode.SOFTWARE;
    }

    private void sayCarriedBack(CarryBackReport report) {
        report.examples().stream()
                .limit(EXAMPLES)
                .forEach(session -> console.say(
                        "  " + session.status().name().toLowerCase(Locale.ROOT).replace('_', ' ') + ": session "
                                + Printable.id(session.key().sessionId()) + " of user "
                                + Printable.id(session.key().userId())));
        if (folder != null) {
            console.say("All of them: " + folder.resolve(CARRIED_BACK));
        }
    }

    private static Map<String, @Nullable Object> fields(RollbackReport report) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("succeeded", report.succeeded());
        fields.put(
                "steps",
                report.steps().stream()
                        .map(step -> Map.of(
                                "phase", step.phase().name(),
                                "started", step.started().toString(),
                                "finished", step.finished().toString(),
                                "done", step.done(),
                                "detail", step.detail()))
                        .toList());
        report.carriedBack().ifPresent(carried -> {
            Map<String, Long> counts = new LinkedHashMap<>();
            for (CarriedSession.Status status : CarriedSession.Status.values()) {
                counts.put(status.name().toLowerCase(Locale.ROOT), carried.count(status));
            }
            fields.put("carriedBack", counts);
        });
        report.validation()
                .ifPresent(validation ->
                        fields.put("validation", validation.verdict().name()));
        return fields;
    }

    private int callEmergency() {
        if (stage != Stage.SOURCE_ONLY) {
            throw new ParameterException(
                    command.commandLine(),
                    "--emergency always goes to SOURCE_ONLY; leave out --to-stage, or --emergency");
        }
        try (SessionService source = stores.openSource()) {
            // Nothing is asked of the target, which may be what burns.
            EmergencyReport report =
                    MigrationController.builder(source, source).build().emergency(move.by(), move.reason());
            console.say(
                    report.succeeded()
                            ? console.styled("bold,green", "✔ Everybody is sent back to the source")
                            : console.styled("bold,red", "✘ Not everything could be done"));
            report.steps()
                    .forEach(step -> console.say("  " + step.time() + "  " + (step.done() ? "done" : "NOT DONE") + "  "
                            + step.name() + ": " + Printable.line(step.detail())));
            console.result(Map.of(
                    "succeeded",
                    report.succeeded(),
                    "steps",
                    report.steps().stream()
                            .map(step -> Map.of(
                                    "name", step.name(),
                                    "time", step.time().toString(),
                                    "done", step.done(),
                                    "detail", step.detail()))
                            .toList()));
            return report.succeeded() ? ExitCode.OK : ExitCode.SOFTWARE;
        }
    }
}
