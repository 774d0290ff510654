package io.github.sessionferry.cli;

import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.rollout.RolloutPlan;
import io.github.sessionferry.core.rollout.Stage;
import io.github.sessionferry.migration.JournalException;
import io.github.sessionferry.migration.Retirement;
import io.github.sessionferry.migration.RetirementReport;
import io.github.sessionferry.migration.live.MigrationController;
import io.github.sessionferry.migration.live.MigrationStatus;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Empties the source when a migration is over. Not thread-safe. */
@Command(
        name = "retire",
        description = {
            "Deletes from the source, when a migration is over, what has not changed for long and is proven to be in the target.",
            "Only counts and lists it, unless --delete is given."
        },
        exitCodeList = {
            "0:all that is old is gone, or would be",
            "1:something old could not be proven or failed, and stays; or the run could not go on",
            "2:wrong usage; nothing was done",
            "130:stopped by Ctrl-C; run again to go on (143: by SIGTERM)"
        },
        footer = StoreArguments.ADDRESSES)
final class RetireCommand implements Callable<Integer> {

    @Spec
    private CommandSpec command = CommandSpec.create();

    @Mixin
    private StoreArguments stores = new StoreArguments();

    @Option(
            names = "--older-than",
            paramLabel = "AGE",
            defaultValue = "7d",
            converter = Age.class,
            description = "How long a session must not have changed, such as 7d, 12h or 30m; 7d if not given.")
    private Duration olderThan = Retirement.Builder.DEFAULT_OLDER_THAN;

    @Option(names = "--delete", description = "Delete it. Make a backup before: session backup.")
    private boolean delete;

    @Option(names = "--dry-run", description = "Delete nothing, which is so without --delete too.")
    private boolean dryRun;

    @Mixin
    private RunArguments run = new RunArguments();

    @Option(
            names = "--journal",
            paramLabel = "FILE",
            description = {
                "Add to this file a line of JSON, without content, for each session that is deleted or would be,",
                "and for each that stays although it is old."
            })
    private @Nullable Path journal;

    @Mixin
    private ReportFolder reports = new ReportFolder();

    @Mixin
    private Console console = new Console();

    @Override
    public Integer call() {
        console.begin();
        if (delete && dryRun) {
            throw new ParameterException(command.commandLine(), "--delete and --dry-run exclude each other; give one");
        }
        reports.check();
        try (SessionService source = stores.openSource();
                SessionService target = stores.openTarget();
                Progress progress = Progress.of("retire", command.commandLine().getErr())) {
            Retirement retirement = console.usage(() -> retirement(source, target, progress));
            stores.requireReachable(source, target);
            if (delete) {
                requireOver(MigrationController.builder(source, target).build().status());
            }
            return Interruption.cancellable(retirement::cancel, () -> finish(run(retirement), progress));
        }
    }

    private Retirement retirement(SessionService source, SessionService target, Progress progress) {
        Retirement.Builder builder = run.set(Retirement.builder(source, target))
                .olderThan(olderThan)
                .delete(delete)
                .listener(progress);
        if (journal != null) {
            builder.journal(journal);
        }
        return builder.build();
    }

    /** Whoever is still served by the source would lose what is deleted there. */
    private void requireOver(MigrationStatus status) {
        RolloutPlan plan = status.plan();
        if (plan.version() == 0) {
            return;
        }
        if (plan.base() != Stage.TARGET_ONLY || plan.rollout() != Stage.TARGET_ONLY) {
            throw new ParameterException(
                    command.commandLine(),
                    "the plan in the source has users in " + plan.base() + " or " + plan.rollout()
                            + ", who may be served by the source; first: session stage set TARGET_ONLY");
        }
        if (!status.behind().isEmpty()) {
            throw new ParameterException(
                    command.commandLine(),
                    status.behind().size() + " processes may still go by an older plan than TARGET_ONLY; see: session"
                            + " stage get");
        }
    }

    private RetirementReport run(Retirement retirement) {
        try {
            return retirement.run();
        } catch (JournalException e) {
            throw new ParameterException(command.commandLine(), "--journal: " + e.getMessage(), e);
        }
    }

    private int finish(RetirementReport report, Progress progress) {
        progress.close();
        Summary.of(report, console).forEach(console::say);
        reports.write(report, console);
        console.result(report.toJson());
        return report.succeeded() ? ExitCode.OK : ExitCode.SOFTWARE;
    }
}
