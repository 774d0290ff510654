package io.github.sessionferry.cli;

import io.github.sessionferry.migration.BackupVerification;
import io.github.sessionferry.migration.BackupVerifier;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;

/** Reads a backup through. Not thread-safe. */
@Command(
        name = "verify-backup",
        description = {
            "Reads a backup through and names all that is not as it was written. Needs no store.",
            "Checks every checksum, every session's hash, that each session can be decoded and found, and the counts."
        },
        exitCodeList = {"0:the backup is whole", "1:something is damaged; it is named", "2:wrong usage, or a wrong key"
        })
final class VerifyBackupCommand implements Callable<Integer> {

    @Mixin
    private BackupArguments backup = new BackupArguments();

    @Mixin
    private Console console = new Console();

    @Override
    public Integer call() {
        console.begin();
        BackupVerifier verifier = backup.key()
                .map(key -> BackupVerifier.of(backup.folder(), key))
                .orElseGet(() -> BackupVerifier.of(backup.folder()));
        BackupVerification verification = backup.usable(verifier::run);
        Summary.of(verification, console).forEach(console::say);
        console.result(verification.toJson());
        return verification.passed() ? ExitCode.OK : ExitCode.SOFTWARE;
    }
}
