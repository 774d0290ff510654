package io.github.sessionferry.cli;

import io.github.sessionferry.core.SessionException;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.migration.Backup;
import io.github.sessionferry.migration.BackupKey;
import io.github.sessionferry.migration.BackupReport;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Copies a store into a folder. Not thread-safe. */
@Command(
        name = "backup",
        description = {
            "Copies every session of a store, and the state that sessions share, into a folder of compressed JSON lines.",
            "The store is only read, and may be in use."
        },
        exitCodeList = {
            "0:the folder holds a whole backup",
            "1:some sessions could not be read and are named, or the run could not go on",
            "2:wrong usage; nothing was done",
            "130:stopped by Ctrl-C: what was read is kept, and --resume goes on (143: by SIGTERM)"
        },
        footer = StoreArguments.ADDRESSES)
final class BackupCommand implements Callable<Integer> {

    @Spec
    private CommandSpec command = CommandSpec.create();

    @ArgGroup(multiplicity = "1")
    private Work work = new Work();

    @Option(
            names = "--key",
            paramLabel = "FILE",
            description = "Encrypt the backup with this key. Without the key it is lost: keep a copy, not beside it.")
    private @Nullable Path key;

    @Option(
            names = "--resume",
            description = {
                "Go on with the unfinished backup in the folder; nothing is done if it is finished.",
                "Begins the backup if there is none yet."
            })
    private boolean resume;

    @Mixin
    private RunArguments run = new RunArguments();

    @Mixin
    private Console console = new Console();

    /** Either a key is made or a backup. */
    private static final class Work {

        @Option(
                names = "--generate-key",
                paramLabel = "FILE",
                description = "Make a new key in a file that only you can read, and do nothing else.")
        private @Nullable Path newKey;

        @ArgGroup(exclusive = false, multiplicity = "1")
        private @Nullable Stores stores;
    }

    /** What is backed up, and where to. */
    private static final class Stores {

        @Option(names = "--from", required = true, paramLabel = "URI", description = "The store to read from.")
        private String from = "";

        @Option(
                names = "--to",
                required = true,
                paramLabel = "DIR",
                description = "The folder to write to: made if it is missing, otherwise empty.")
        private Path to = Path.of("");
    }

    @Override
    public Integer call() {
        console.begin();
        if (work.newKey != null) {
            return generateKey(work.newKey);
        }
        Stores stores = Objects.requireNonNull(work.stores, "one of the two is given");
        try (SessionService store = StoreArguments.open(command, "--from", stores.from);
                Progress progress = Progress.of("backup", command.commandLine().getErr())) {
            Backup backup = console.usage(() -> backup(store, stores.to, progress));
            StoreArguments.requireReachable(command, "--from", store);
            return Interruption.cancellable(backup::cancel, () -> finish(run(backup), progress));
        }
    }

    private int generateKey(Path file) {
        usable("--generate-key", () -> BackupKey.generate(file));
        console.say("New key in " + file + ". Keep a copy of it in a safe place: without it, its backups are lost.");
        console.result(Map.of("key", file.toString()));
        return ExitCode.OK;
    }

    private Backup backup(SessionService store, Path folder, Progress progress) {
        Backup.Builder builder =
                run.set(Backup.builder(store, folder)).resume(resume).listener(progress);
        BackupArguments.readKey(command, key).ifPresent(builder::key);
        return builder.build();
    }

    private BackupReport run(Backup backup) {
        return usable("--to", backup::run);
    }

    /** What is thrown, instead of told in a report, is thrown before anything was done. */
    private <T> T usable(String option, Supplier<T> use) {
        try {
            return use.get();
        } catch (SessionException e) {
            throw new ParameterException(command.commandLine(), option + ": " + e.getMessage(), e);
        }
    }

    private int finish(BackupReport report, Progress progress) {
        progress.close();
        Summary.of(report, console).forEach(console::say);
        console.result(report.toJson());
        return report.succeeded() ? ExitCode.OK : ExitCode.SOFTWARE;
    }
}
