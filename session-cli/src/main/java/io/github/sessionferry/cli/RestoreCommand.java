package io.github.sessionferry.cli;

import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.migration.Backup;
import io.github.sessionferry.migration.BackupKey;
import io.github.sessionferry.migration.JournalException;
import io.github.sessionferry.migration.MigrationReport;
import io.github.sessionferry.migration.Migrator;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Brings a backup back into a store. Not thread-safe. */
@Command(
        name = "restore",
        description = {
            "Makes a store hold what a backup holds: a migration from it. It may be run again, and changes nothing then.",
            "Nothing is taken away and nothing old put over anything newer; sessions deleted since the backup come back."
        },
        exitCodeList = {
            "0:all sessions of the backup are in the store",
            "1:some were skipped or failed, or the run could not go on; the report says which and why",
            "2:wrong usage; nothing was done",
            "130:stopped by Ctrl-C: what was under way was finished and the report written (143: by SIGTERM)"
        },
        footer = StoreArguments.ADDRESSES)
final class RestoreCommand implements Callable<Integer> {

    @Spec
    private CommandSpec command = CommandSpec.create();

    @Mixin
    private BackupArguments backup = new BackupArguments();

    @Option(names = "--to", required = true, paramLabel = "URI", description = "The store to bring it to.")
    private String to = "";

    @Mixin
    private MappedApps mappedApps = new MappedApps();

    @Option(
            names = "--journal",
            paramLabel = "FILE",
            description = "Write a line of JSON for each session dealt with, so that --resume can go on after a kill.")
    private @Nullable Path journal;

    @Option(names = "--resume", description = "Go on with the run of the journal; begins it if there is none yet.")
    private boolean resume;

    @Mixin
    private RunArguments run = new RunArguments();

    @Option(names = "--dry-run", description = "Write nothing to the store: tell what would be done.")
    private boolean dryRun;

    @Mixin
    private ReportFolder reports = new ReportFolder();

    @Mixin
    private Console console = new Console();

    @Override
    public Integer call() {
        console.begin();
        reports.check();
        try (SessionService source = openBackup();
                SessionService target = StoreArguments.open(command, "--to", mappedApps.in(command, to));
                Progress progress = Progress.of("restore", command.commandLine().getErr())) {
            Migrator migrator = console.usage(() -> migrator(source, target, progress));
            StoreArguments.requireReachable(command, "--to", target);
            return Interruption.cancellable(migrator::cancel, () -> finish(run(migrator), progress));
        }
    }

    private SessionService openBackup() {
        Optional<BackupKey> key = backup.key();
        return backup.usable(
                () -> key.isPresent() ? Backup.open(backup.folder(), key.get()) : Backup.open(backup.folder()));
    }

    private Migrator migrator(SessionService source, SessionService target, Progress progress) {
        if (resume && journal == null) {
            throw new ParameterException(
                    command.commandLine(), "--resume goes on by the journal; give the file with --journal");
        }
        Migrator.Builder builder = run.set(Backup.restore(source, target))
                .dryRun(dryRun)
                .resume(resume)
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
