package io.github.sessionferry.migration.live;

import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.codec.Json;
import io.github.sessionferry.migration.MigrationReport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Counts what becomes of sessions, keeps a few of them, and writes all to a file if there is one. Thread-safe. */
final class CarriedSessions implements AutoCloseable {

    private static final int EXAMPLES = 100;

    private final @Nullable Path file;
    private final @Nullable Writer lines;
    private final Map<CarriedSession.Status, Long> counts = new EnumMap<>(CarriedSession.Status.class);
    private final List<CarriedSession> examples = new ArrayList<>();
    private @Nullable IOException broken;

    /**
     * Begins.
     *
     * @throws IllegalArgumentException if the file cannot be written
     */
    CarriedSessions(@Nullable Path file) {
        this.file = file;
        try {
            lines = file == null ? null : Files.newBufferedWriter(file, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "the file " + file + " cannot be written (" + e.getClass().getSimpleName() + "); name another", e);
        }
    }

    synchronized void add(CarriedSession session) {
        long number = counts.merge(session.status(), 1L, Long::sum);
        if (number <= EXAMPLES) {
            examples.add(session);
        }
        if (lines != null && broken == null) {
            try {
                lines.write(line(session));
                lines.write('\n');
            } catch (IOException e) {
                broken = e;
            }
        }
    }

    private static String line(CarriedSession session) {
        SessionKey key = session.key();
        Map<String, @Nullable Object> line = new LinkedHashMap<>();
        line.put("status", session.status().name());
        line.put("app", key.appName());
        line.put("user", key.userId());
        line.put("session", key.sessionId());
        line.put("events", (long) session.events());
        session.failure().ifPresent(failure -> {
            line.put("code", failure.code());
            line.put("message", failure.message());
        });
        return Json.write(line);
    }

    synchronized CarryBackReport report(MigrationReport moved) {
        return new CarryBackReport(moved, counts, examples);
    }

    /**
     * Ends the file.
     *
     * @throws UncheckedIOException if it is not whole
     */
    @Override
    public synchronized void close() {
        if (lines == null) {
            return;
        }
        try {
            lines.close();
        } catch (IOException e) {
            broken = broken == null ? e : broken;
        }
        if (broken != null) {
            throw new UncheckedIOException("the file " + file + " could not be written; name one with room", broken);
        }
    }
}
