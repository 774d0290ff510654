package io.github.sessionferry.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A JVM beside this one, which is asked and answers line by line, and ends when its input does. Not thread-safe. */
final class OtherJvm implements AutoCloseable {

    private static final long PATIENCE_SECONDS = 10;

    private final Process process;
    private final PrintWriter questions;
    private final BufferedReader answers;

    private OtherJvm(Process process) {
        this.process = process;
        questions = new PrintWriter(process.outputWriter(StandardCharsets.UTF_8), true);
        answers = process.inputReader(StandardCharsets.UTF_8);
    }

    /** Starts a class with this JVM's class path. */
    static OtherJvm start(Class<?> main, List<String> options, String... arguments) throws IOException {
        return start(main.getName(), options, arguments);
    }

    static OtherJvm start(String main, List<String> options, String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main));
        command.addAll(List.of(arguments));
        return new OtherJvm(new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
    }

    String ask(String question) throws IOException {
        questions.println(question);
        return answer();
    }

    /** The next line. */
    String answer() throws IOException {
        String line = answers.readLine();
        if (line == null) {
            throw new IOException("the other JVM has ended; what it said last is above");
        }
        return line;
    }

    /** Waits until it has ended, whatever it says meanwhile. */
    void awaitSuccess() throws IOException, InterruptedException {
        answers.transferTo(Writer.nullWriter());
        int code = process.waitFor();
        if (code != 0) {
            throw new IOException("the other JVM ended with exit code " + code);
        }
    }

    /** The processor time that it has taken. */
    Duration processorTime() {
        return process.info().totalCpuDuration().orElse(Duration.ZERO);
    }

    @Override
    public void close() throws IOException {
        questions.close();
        try {
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
