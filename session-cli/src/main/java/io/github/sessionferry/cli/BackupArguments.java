package io.github.sessionferry.cli;

import io.github.sessionferry.core.SessionErrorCode;
import io.github.sessionferry.core.SessionException;
import io.github.sessionferry.migration.BackupKey;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The finished backup that a command is given. Not thread-safe. */
final class BackupArguments {

    @Option(names = "--from", required = true, paramLabel = "DIR", description = "The folder of the backup.")
    private Path folder = Path.of("");

    @Option(
            names = "--key",
            paramLabel = "FILE",
            description = "The key that the backup was encrypted with; to be left out if it was not.")
    private @Nullable Path key;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command = CommandSpec.create();

    Path folder() {
        return folder;
    }

    Optional<BackupKey> key() {
        return readKey(command, key);
    }

    static Optional<BackupKey> readKey(CommandSpec command, @Nullable Path file) {
        return Optional.ofNullable(file).map(given -> usable(command, "--key", () -> BackupKey.read(given)));
    }

    /** Uses the folder and the key; if there is no such backup, or it is another key, that is a wrong usage. */
    <T> T usable(Supplier<T> use) {
        return usable(command, "--from", use);
    }

    private static <T> T usable(CommandSpec command, String option, Supplier<T> use) {
        try {
            return use.get();
        } catch (SessionException e) {
            if (e.code() == SessionErrorCode.STORE_NOT_FOUND || e.code() == SessionErrorCode.UNAUTHENTICATED) {
                throw new ParameterException(command.commandLine(), option + ": " + e.getMessage(), e);
            }
            throw e;
        }
    }
}
