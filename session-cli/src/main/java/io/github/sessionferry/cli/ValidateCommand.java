package io.github.sessionferry.cli;

import io.github.sessionferry.core.SessionException;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.migration.JournalException;
import io.github.sessionferry.migration.TempState;
import io.github.sessionferry.migration.ValidationReport;
import io.github.sessionferry.migration.Validator;
import io.github.sessionferry.migration.live.MigrationController;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Proves that two stores hold the same. Not thread-safe. */
@Command(
        name = "validate",
        description = {
            "Compares two stores, session by session and both ways: ids, state by scope, times within a second, events.",
            "Nothing is written to them, unless --repair is given; of a live migration, the source notes that they were equal."
        },
        exitCodeList = {
            "0:both stores hold the same, or a sample of them or the sessions named do",
            "1:they differ, could not be compared as a whole, or the self-test failed",
            "2:wrong usage; nothing was done",
            "130:stopped by Ctrl-C: nothing is proven (143: by SIGTERM)"
        },
        footer = StoreArguments.ADDRESSES)
final class ValidateCommand implements Callable<Integer> {

    @Spec
    private CommandSpec command = CommandSpec.create();

    @Mixin
    private StoreArguments stores = new StoreArguments();

    @Mixin
    private RunArguments run = new RunArguments();

    @Option(
            names = "--sample",
            paramLabel = "P%",
            converter = Percentage.class,
            description = "Compare about so many of the sessions only, such as 5%%, and say what that tells of all.")
    private @Nullable Double sample;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "Choose the sample as another run did; its report tells the seed. By chance if not given.")
    private @Nullable Long seed;

    @Option(
            names = "--journal",
            paramLabel = "FILE",
            description = {
                "Write a line of JSON for each session looked at, without content, and how far the run has come.",
                "A run that was killed is gone on with by --resume."
            })
    private @Nullable Path journal;

    @Option(
            names = "--resume",
            description = {
                "Go on with the run of the journal: what was equal is passed over, what differed is judged again.",
                "Begins the run if there is no journal yet."
            })
    private boolean resume;

    @Option(
            names = "--self-test",
            description = "First plant known faults in copies in memory, and go on only if all of them are found.")
    private boolean selfTest;

    @Option(
            names = "--repair",
            description =
                    "Make the target hold what differs or is missing there, and compare that again. Nothing is deleted.")
    private boolean repair;

    @Option(
            names = "--show-values",
            description = "Let the report show the values that differ. They may be personal data.")
    private boolean showValues;

    @Option(
            names = "--temp",
            paramLabel = "RULE",
            defaultValue = "drop",
            description =
                    "Whether temp: keys in the history are compared: drop, the default, if the migration drops them, or keep.")
    private TempState tempState = TempState.DROP;

    @Mixin
    private NamedSessions named = new NamedSessions();

    @Mixin
    private ReportFolder reports = new ReportFolder();

    @Mixin
    private Console console = new Console();

    @Override
    public Integer call() {
        console.begin();
        reports.check();
        try (SessionService source = stores.openSource();
                SessionService target = stores.openTarget();
                Progress progress =
                        Progress.of("validate", command.commandLine().getErr())) {
            Validator validator = console.usage(() -> validator(source, target, progress));
            stores.requireReachable(source, target);
            return Interruption.cancellable(validator::cancel, () -> finish(run(validator), source, target, progress));
        }
    }

    private Validator validator(SessionService source, SessionService target, Progress progress) {
        if (resume && journal == null) {
            throw new ParameterException(
                    command.commandLine(), "--resume goes on by the journal; give the file with --journal");
        }
        Validator.Builder builder = run.set(Validator.builder(source, target))
                .showValues(showValues)
                .selfTest(selfTest)
                .repair(repair)
                .resume(resume)
                .tempState(tempState)
                .listener(progress);
        if (sample != null) {
            builder.sample(sample);
        }
        if (seed != null) {
            builder.sampleSeed(seed);
        }
        if (journal != null) {
            builder.journal(journal);
        }
        if (!named.keys().isEmpty()) {
            builder.sessions(named.keys());
        }
        return builder.build();
    }

    private ValidationReport run(Validator validator) {
        try {
            return validator.run();
        } catch (JournalException e) {
            throw new ParameterException(command.commandLine(), "--journal: " + e.getMessage(), e);
        }
    }

    private int finish(ValidationReport report, SessionService source, SessionService target, Progress progress) {
        progress.close();
        Summary.of(report, console).forEach(console::say);
        note(report, source, target);
        reports.write(report, console);
        console.result(report.toJson());
        return report.passed() ? ExitCode.OK : ExitCode.SOFTWARE;
    }

    /** Stage moves count on it. What cannot be noted is no less true. */
    private void note(ValidationReport report, SessionService source, SessionService target) {
        try {
            if (MigrationController.builder(source, target).build().validated(report)) {
                console.say("Noted in the source: the next stage move may count on it.");
            }
        } catch (SessionException e) {
            console.say("It could not be noted for stage moves (" + e.code() + "): "
                    + Printable.line(String.valueOf(e.getMessage())));
        }
    }
}
