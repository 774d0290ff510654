package io.github.sessionferry.cli;

import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.migration.JournalException;
import io.github.sessionferry.migration.MigrationReport;
import io.github.sessionferry.migration.Migrator;
import io.github.sessionferry.migration.TempState;
import io.github.sessionferry.migration.live.UndeletedSource;
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

/** Moves all sessions from one store to another. Not thread-safe. */
@Command(
        name = "migrate",
        description = {
            "Makes a store hold every session of another one, and the state that sessions share.",
            "The source is only read. Running it again changes nothing that is already there; both stores may be in use."
        },
        exitCodeList = {
            "0:all sessions of the source are in the target",
            "1:some were skipped or failed, or the run could not go on; the report says which and why",
            "2:wrong usage; nothing was done",
            "130:stopped by Ctrl-C: what was under way was finished and the report written (143: by SIGTERM)"
        },
        footer = StoreArguments.ADDRESSES)
final class MigrateCommand implements Callable<Integer> {

    @Spec
    private CommandSpec command = CommandSpec.create();

    @Mixin
    private StoreArguments stores = new StoreArguments();

    @Option(
            names = "--journal",
            paramLabel = "FILE",
            description = {
                "Write a line of JSON for each session dealt with, without content, and how far the run has come.",
                "A run that was killed is gone on with by --resume."
            })
    private @Nullable Path journal;

    @Option(
            names = "--resume",
            description = {
                "Go on with the run of the journal: what is done is passed over, what failed is taken up again.",
                "Begins the run if there is no journal yet."
            })
    private boolean resume;

    @Mixin
    private RunArguments run = new RunArguments();

    @Option(
            names = "--max-failures-in-a-row",
            paramLabel = "N",
            defaultValue = "100",
            description = "Stop as for a fatal error when so many sessions in a row have failed; 100 if not given.")
    private int maxFailuresInARow;

    @Option(
            names = "--keep",
            description = {
                "Keep in the target what was created, also if the run stops for a fatal error, so that it can be resumed.",
                "Otherwise it is removed, unless somebody has changed it since."
            })
    private boolean keep;

    @Option(names = "--dry-run", description = "Write nothing to the target: tell what would be done.")
    private boolean dryRun;

    @Option(
            names = "--temp",
            paramLabel = "RULE",
            defaultValue = "drop",
            description = "What becomes of temp: keys in the history: drop, which is the default, or keep.")
    private TempState tempState = TempState.DROP;

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
                Progress progress = Progress.of("migrate", command.commandLine().getErr())) {
            stores.requireReachable(source, target);
            SessionService undeleted = UndeletedSource.of(source, target);
            Migrator migrator = console.usage(() -> migrator(undeleted, target, progress));
            return Interruption.cancellable(migrator::cancel, () -> finish(run(migrator), progress));
        }
    }

    private Migrator migrator(SessionService source, SessionService target, Progress progress) {
        if (resume && journal == null) {
            throw new ParameterException(
                    command.commandLine(), "--resume goes on by the journal; give the file with --journal");
        }
        Migrator.Builder builder = run.set(Migrator.builder(source, target))
                .dryRun(dryRun)
                .resume(resume)
                .keepOnFailure(keep)
                .maxFailuresInARow(maxFailuresInARow)
                .tempState(tempState)
                .listener(progress);
        if (journal != null) {
            builder.journal(journal);
        }
        return builder.build();
    }

    private MigrationReport run(Migrator migrator) {
        try {
            return migrator.run();
        } catch (JournalException e) {
            throw new ParameterException(command.commandLine(), "--journal: " + e.getMessage(), e);
        }
    }

    private int finish(MigrationReport report, Progress progress) {
        progress.close();
        Summary.of(report, console).forEach(console::say);
        reports.write(report, console);
        console.result(report.toJson());
        return report.succeeded() ? ExitCode.OK : ExitCode.SOFTWARE;
    }
}
