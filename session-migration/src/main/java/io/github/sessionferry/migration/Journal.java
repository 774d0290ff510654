package io.github.sessionferry.migration;

import io.github.sessionferry.core.SharedScope;
import io.github.sessionferry.core.UnreadableRecord;
import io.github.sessionferry.core.codec.Json;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The log of a run: a line of JSON for each thing done, with ids, codes and times but no content. Each line is in the
 * operating system's hands before its call returns. Thread-safe.
 */
final class Journal implements AutoCloseable {

    private static final long VERSION = 1;

    private final Path file;
    private final BufferedWriter writer;

    private Journal(Path file, BufferedWriter writer) {
        this.file = file;
        this.writer = writer;
    }

    /** Opens a file to append to, and makes it and its folder if they are missing. */
    static Journal open(Path file) {
        try {
            Path folder = file.toAbsolutePath().getParent();
            if (folder != null) {
                Files.createDirectories(folder);
            }
            return new Journal(
                    file, Files.newBufferedWriter(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND));
        } catch (IOException e) {
            throw failed(file, e);
        }
    }

    void begin(String from, String to, boolean dryRun, Instant time) {
        Map<String, @Nullable Object> line = new LinkedHashMap<>();
        line.put("journal", VERSION);
        line.put("from", from);
        line.put("to", to);
        line.put("dry_run", dryRun);
        write(line, time);
    }

    void add(SessionOutcome outcome) {
        Map<String, @Nullable Object> line = new LinkedHashMap<>();
        line.put("app", outcome.key().appName());
        line.put("user", outcome.key().userId());
        line.put("session", outcome.key().sessionId());
        line.put("status", name(outcome.status()));
        outcome.failure().ifPresent(failure -> putFailure(line, failure));
        line.put("events", (long) outcome.eventsAppended());
        write(line, outcome.time());
    }

    void add(UnreadableRecord unreadable, Failure failure, Instant time) {
        Map<String, @Nullable Object> line = new LinkedHashMap<>();
        line.put("record", unreadable.location());
        line.put("status", name(SessionOutcome.Status.SKIPPED));
        putFailure(line, failure);
        write(line, time);
    }

    void add(SharedReconcileResult result, Instant time) {
        Map<String, @Nullable Object> line = scope(result.scope());
        line.put("status", "done");
        line.put("written", (long) result.outcome().written().size());
        line.put("kept", (long) result.outcome().kept().size());
        write(line, time);
    }

    void addFailed(SharedScope scope, Failure failure, Instant time) {
        Map<String, @Nullable Object> line = scope(scope);
        line.put("status", name(SessionOutcome.Status.FAILED));
        putFailure(line, failure);
        write(line, time);
    }

    void end(RunEnding ending, Instant time) {
        Map<String, @Nullable Object> line = new LinkedHashMap<>();
        line.put("end", name(ending));
        write(line, time);
    }

    private static Map<String, @Nullable Object> scope(SharedScope scope) {
        Map<String, @Nullable Object> line = new LinkedHashMap<>();
        line.put("scope", name(scope.stateScope()));
        line.put("app", scope.appName());
        scope.userId().ifPresent(user -> line.put("user", user));
        return line;
    }

    private static void putFailure(Map<String, @Nullable Object> line, Failure failure) {
        line.put("code", failure.code());
        line.put("reason", failure.message());
    }

    private static String name(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    private synchronized void write(Map<String, @Nullable Object> line, Instant time) {
        line.put("time", time.toString());
        try {
            writer.write(Json.write(line));
            writer.write('\n');
            writer.flush();
        } catch (IOException e) {
            throw failed(file, e);
        }
    }

    @Override
    public synchronized void close() {
        try {
            writer.close();
        } catch (IOException e) {
            throw failed(file, e);
        }
    }

    private static UncheckedIOException failed(Path file, IOException cause) {
        return new UncheckedIOException(
                "the journal " + file + " cannot be written (" + cause.getMessage()
                        + "); give a file in a folder with room that may be written",
                cause);
    }
}
