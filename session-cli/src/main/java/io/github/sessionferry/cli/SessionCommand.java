package io.github.sessionferry.cli;

import java.io.PrintWriter;
import java.util.Objects;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

/** The command above all others. Not thread-safe. */
@Command(
        name = "session",
        description = "Moves sessions from one store to another and proves that they are equal.",
        synopsisSubcommandLabel = "COMMAND",
        mixinStandardHelpOptions = true,
        versionProvider = SessionCommand.Version.class,
        scope = CommandLine.ScopeType.INHERIT,
        subcommands = {
            QuickstartCommand.class,
            AnalyzeCommand.class,
            MigrateCommand.class,
            ValidateCommand.class,
            BackupCommand.class,
            RestoreCommand.class,
            VerifyBackupCommand.class,
            StageCommand.class,
            RolloutCommand.class,
            RollbackCommand.class,
            RetireCommand.class,
            GenerateCommand.class,
            EmulateCommand.class
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:done and equal", "1:failures or differences", "2:wrong usage"},
        footer = {"", "Run session COMMAND --help for the options of a command."})
final class SessionCommand {

    static CommandLine commandLine(PrintWriter out, PrintWriter err) {
        Failures failures = new Failures();
        return new CommandLine(new SessionCommand())
                .setOut(out)
                .setErr(err)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler(failures)
                .setExecutionExceptionHandler(failures);
    }

    static final class Version implements IVersionProvider {

        @Override
        public String[] getVersion() {
            String version = Main.class.getPackage().getImplementationVersion();
            return new String[] {"Session Ferry " + Objects.requireNonNullElse(version, "(not packaged)")};
        }
    }
}
