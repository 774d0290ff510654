package io.github.sessionferry.migration;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * Writes reports into a folder: {@code migration.json}, {@code migration.md} and {@code migration.html}, or the same three of
 * an {@code analysis}, a {@code validation} or a {@code retirement}.
 *
 * <p>Each file appears whole or not at all, in place of one that was there. Thread-safe: static methods only.
 *
 * @since 0.1
 */
public final class Reports {

    private Reports() {}

    /**
     * Writes the report of a migration.
     *
     * @param folder where to; made if it is missing
     * @param report the report
     * @throws UncheckedIOException if a file cannot be written; the message says which
     */
    public static void write(Path folder, MigrationReport report) {
        write(folder, "migration", report.toJson(), report.toMarkdown(), report.toHtml());
    }

    /**
     * Writes the report of an analysis.
     *
     * @param folder where to; made if it is missing
     * @param report the report
     * @throws UncheckedIOException if a file cannot be written; the message says which
     */
    public static void write(Path folder, AnalysisReport report) {
        write(folder, "analysis", report.toJson(), report.toMarkdown(), report.toHtml());
    }

    /**
     * Writes the report of a validation.
     *
     * @param folder where to; made if it is missing
     * @param report the report
     * @throws UncheckedIOException if a file cannot be written; the message says which
     */
    public static void write(Path folder, ValidationReport report) {
        write(folder, "validation", report.toJson(), report.toMarkdown(), report.toHtml());
    }

    /**
     * Writes the report of a retirement.
     *
     * @param folder where to; made if it is missing
     * @param report the report
     * @throws UncheckedIOException if a file cannot be written; the message says which
     */
    public static void write(Path folder, RetirementReport report) {
        write(folder, "retirement", report.toJson(), report.toMarkdown(), report.toHtml());
    }

    private static void write(Path folder, String name, String json, String markdown, String html) {
        replace(folder.resolve(name + ".json"), json);
        replace(folder.resolve(name + ".md"), markdown);
        replace(folder.resolve(name + ".html"), html);
    }

    private static void replace(Path file, String text) {
        try {
            Path folder = file.toAbsolutePath().getParent();
            Files.createDirectories(folder);
            Path draft = Files.createTempFile(folder, "report", ".tmp");
            try {
                Files.write(draft, text.getBytes(StandardCharsets.UTF_8));
                move(draft, file);
            } finally {
                Files.deleteIfExists(draft);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "the report " + file + " cannot be written (" + e
                            + "); give a folder with room that may be written",
                    e);
        }
    }

    private static void move(Path draft, Path file) throws IOException {
        try {
            Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(draft, file, StandardCopyOption.REPLACE_EXISTING);
        }
    }
}
