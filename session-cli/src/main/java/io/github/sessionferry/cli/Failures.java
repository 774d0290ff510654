package io.github.sessionferry.cli;

import io.github.sessionferry.core.SessionException;
import io.github.sessionferry.migration.live.MoveRefusedException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** Tells in one line what went wrong, and chooses the exit code. Immutable. */
final class Failures implements IParameterExceptionHandler, IExecutionExceptionHandler {

    @Override
    public int handleParseException(ParameterException failure, String[] arguments) {
        CommandLine command = failure.getCommandLine();
        String help = "; see " + command.getCommandSpec().qualifiedName() + " --help";
        tell(
                command,
                List.of(arguments),
                "USAGE",
                Printable.line(String.valueOf(failure.getMessage())) + help,
                failure);
        return ExitCode.USAGE;
    }

    @Override
    public int handleExecutionException(Exception failure, CommandLine command, ParseResult parsed) {
        tell(command, parsed.originalArgs(), code(failure), Printable.line(message(failure)), failure);
        return ExitCode.SOFTWARE;
    }

    private static String code(Exception failure) {
        if (failure instanceof SessionException known) {
            return known.code().name();
        }
        if (failure instanceof MoveRefusedException) {
            return "REFUSED";
        }
        return failure instanceof UncheckedIOException ? "IO" : "INTERNAL";
    }

    private static String message(Exception failure) {
        if (failure instanceof SessionException
                || failure instanceof MoveRefusedException
                || failure instanceof UncheckedIOException) {
            return String.valueOf(failure.getMessage());
        }
        // The message of another one may quote what it was about.
        return "unexpected " + failure.getClass().getName() + "; run again with --verbose to see where";
    }

    private static void tell(
            CommandLine command, List<String> arguments, String code, String message, Exception failure) {
        if (arguments.contains(Console.VERBOSE)) {
            failure.printStackTrace(command.getErr());
        }
        command.getErr().println("error: " + message);
        if (arguments.contains(Console.JSON)) {
            Console.printJson(
                    command.getCommandSpec(),
                    Map.of(
                            "command",
                            Console.nameOf(command.getCommandSpec()),
                            "error",
                            Map.of("code", code, "message", message)));
        }
    }
}
