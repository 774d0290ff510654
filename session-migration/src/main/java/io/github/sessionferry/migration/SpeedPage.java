package io.github.sessionferry.migration;

import static io.github.sessionferry.migration.Page.latency;
import static io.github.sessionferry.migration.Page.number;

import io.github.sessionferry.migration.Plot.Line;
import io.github.sessionferry.migration.Plot.Point;
import io.github.sessionferry.migration.Timeline.Span;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/** The part of a page that tells how fast sessions were done. Thread-safe: static methods only. */
final class SpeedPage {

    private static final int MOST_ROWS = 12;
    private static final int LONGEST_BAR = 20;

    private SpeedPage() {}

    static void write(Page page, Speed speed, Duration took) {
        Timeline timeline = speed.timeline();
        if (timeline.spans().isEmpty()) {
            return;
        }
        page.section("Speed");
        speed.latency()
                .ifPresent(latency -> page.paragraph("Half of the sessions took at most " + latency(latency.p50())
                        + ", 95 % at most " + latency(latency.p95()) + ", 99 % at most " + latency(latency.p99())
                        + "; the longest took " + latency(latency.max()) + "."));
        plotProgress(page, timeline, took);
        plotLatency(page, timeline, took);
        writeRates(page, timeline, took);
        writeSlowest(page, speed);
    }

    private static void plotProgress(Page page, Timeline timeline, Duration took) {
        List<Line> lines = new ArrayList<>();
        lines.add(new Line("done", sums(timeline, took, Span::done)));
        if (timeline.spans().stream().anyMatch(span -> span.notMoved() > 0)) {
            lines.add(new Line("skipped or failed", sums(timeline, took, Span::notMoved)));
        }
        long done = timeline.spans().stream().mapToLong(Span::done).sum();
        page.plot(new Plot(
                "Progress, in sessions",
                "How many sessions were done over time, up to " + number(done) + ".",
                ends(timeline, took, timeline.spans().size()),
                lines));
    }

    private static List<Point> sums(Timeline timeline, Duration took, ToLongFunction<Span> what) {
        List<Point> points = new ArrayList<>();
        points.add(new Point(Duration.ZERO, OptionalDouble.of(0)));
        long sum = 0;
        for (Span span : timeline.spans()) {
            sum += what.applyAsLong(span);
            points.add(new Point(ends(timeline, took, points.size()), OptionalDouble.of((double) sum)));
        }
        return points;
    }

    /** When so many spans have passed; the last one ends with the run. */
    private static Duration ends(Timeline timeline, Duration took, int spans) {
        Duration end = timeline.width().multipliedBy(spans);
        Duration before = end.minus(timeline.width());
        return spans == timeline.spans().size() && took.compareTo(before) > 0 && took.compareTo(end) < 0 ? took : end;
    }

    private static void plotLatency(Page page, Timeline timeline, Duration took) {
        page.plot(new Plot(
                "Time that single sessions took, in milliseconds",
                "The median and the time that 95 % of the sessions took at most, over time.",
                ends(timeline, took, timeline.spans().size()),
                List.of(
                        new Line("median", latencies(timeline, Latency::p50)),
                        new Line("95 % at most", latencies(timeline, Latency::p95)))));
    }

    private static List<Point> latencies(Timeline timeline, Function<Latency, Duration> which) {
        List<Point> points = new ArrayList<>();
        Duration middle = timeline.width().dividedBy(2);
        for (Span span : timeline.spans()) {
            Duration time = timeline.width().multipliedBy(points.size()).plus(middle);
            Optional<Duration> latency = span.latency().map(which);
            points.add(new Point(
                    time,
                    latency.isPresent()
                            ? OptionalDouble.of(Rates.seconds(latency.get()) * 1e3)
                            : OptionalDouble.empty()));
        }
        return points;
    }

    private static void writeRates(Page page, Timeline timeline, Duration took) {
        int spansPerRow = (timeline.spans().size() + MOST_ROWS - 1) / MOST_ROWS;
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < timeline.spans().size(); i += spansPerRow) {
            int end = Math.min(timeline.spans().size(), i + spansPerRow);
            Duration from = timeline.width().multipliedBy(i);
            rows.add(new Row(
                    from,
                    ends(timeline, took, end).minus(from),
                    timeline.spans().subList(i, end)));
        }
        double highest = rows.stream().mapToDouble(Row::rate).max().orElse(0);
        page.table(" After", "", " Sessions/s", " Events/s", " Skipped or failed", " Highest p95");
        rows.forEach(row -> page.row(
                Page.duration(row.from()),
                "█".repeat(highest == 0 ? 0 : (int) Math.round(LONGEST_BAR * row.rate() / highest)),
                Page.rate(row.rate()),
                Page.rate(Rates.perSecond(row.sum(Span::events), row.width())),
                number(row.sum(Span::notMoved)),
                row.highestP95().map(Page::latency).orElse("–")));
    }

    /** Some neighbouring spans. */
    private record Row(Duration from, Duration width, List<Span> spans) {

        long sum(ToLongFunction<Span> what) {
            return spans.stream().mapToLong(what).sum();
        }

        double rate() {
            return Rates.perSecond(sum(Span::done), width);
        }

        Optional<Duration> highestP95() {
            return spans.stream()
                    .flatMap(span -> span.latency().stream())
                    .map(Latency::p95)
                    .max(Duration::compareTo);
        }
    }

    private static void writeSlowest(Page page, Speed speed) {
        if (speed.slowest().isEmpty()) {
            return;
        }
        page.section("Slowest sessions");
        page.table(" Took", "Session", "", " Events", "Done");
        speed.slowest()
                .forEach(slow -> page.row(
                        latency(slow.duration()),
                        page.key(slow.key()),
                        ReportJson.name(slow.status()).replace('_', ' '),
                        number(slow.events()),
                        Page.time(slow.time())));
    }
}
