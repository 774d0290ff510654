package io.github.sessionferry.benchmarks;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Collects figures, shows each as it comes, and prints all of them as one Markdown table. Not thread-safe. */
final class Figures {

    private record Row(String measured, String load, String figure) {}

    private final List<Row> rows = new ArrayList<>();
    private final PrintStream log;

    Figures(PrintStream log) {
        this.log = log;
    }

    /**
     * Adds a figure.
     *
     * @param measured what was measured
     * @param load with which sessions and settings
     * @param format the figure with its unit, as of {@link String#format}
     */
    void add(String measured, String load, String format, Object... values) {
        Row row = new Row(measured, load, String.format(Locale.ROOT, format, values));
        rows.add(row);
        log.println(row.measured + " | " + row.load + " | " + row.figure);
    }

    void print(PrintStream out) {
        out.println("| measured | with | figure |");
        out.println("|---|---|---|");
        rows.forEach(row -> out.println("| " + row.measured + " | " + row.load + " | " + row.figure + " |"));
    }
}
