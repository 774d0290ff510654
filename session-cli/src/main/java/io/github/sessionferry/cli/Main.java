package io.github.sessionferry.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;

/**
 * Runs the {@code session} command and ends the JVM with its exit code.
 *
 * <p>Everything is written in UTF-8. Thread-safe: a static method only.
 *
 * @since 0.1
 */
public final class Main {

    private Main() {}

    /**
     * Runs one command.
     *
     * @param arguments as written on the command line, the command's name first
     */
    public static void main(String... arguments) {
        System.exit(SessionCommand.commandLine(utf8(FileDescriptor.out), utf8(FileDescriptor.err))
                .execute(arguments));
    }

    private static PrintWriter utf8(FileDescriptor file) {
        return new PrintWriter(new OutputStreamWriter(new FileOutputStream(file), StandardCharsets.UTF_8), true);
    }
}
