package io.github.sessionferry.migration;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * Up to two lines over time, drawn as SVG that takes its colours from the page around it. A screen reader reads title and
 * description.
 *
 * <p>Immutable.
 *
 * @param title what is shown, with the unit of the values
 * @param description what is shown, in a sentence
 * @param end where the axis of time ends, which begins at zero; positive
 * @param lines the lines, the first drawn solid, the second dashed
 */
record Plot(String title, String description, Duration end, List<Line> lines) {

    /** A line; where a point has no value, it is interrupted. */
    record Line(String name, List<Point> points) {}

    /** A value at a time since the start. */
    record Point(Duration time, OptionalDouble value) {}

    private static final int WIDTH = 760;
    private static final int HEIGHT = 280;
    private static final int LEFT = 70;
    private static final int RIGHT = WIDTH - 20;
    private static final int TOP = 60;
    private static final int BOTTOM = HEIGHT - 45;
    private static final int LEGEND_WIDTH = 150;
    private static final int MOST_TICKS = 6;
    private static final String[] STYLES = {"first", "second"};

    String svg(String id) {
        Scale time = Scale.ofTime(end);
        Scale values = Scale.upTo(highest());
        return """
                <svg viewBox="0 0 %d %d" role="img" aria-labelledby="%s-title %s-desc">
                <title id="%s-title">%s</title>
                <desc id="%s-desc">%s</desc>
                <text class="heading" x="0" y="18">%s</text>
                %s%s%s%s</svg>""".formatted(
                        WIDTH,
                        HEIGHT,
                        id,
                        id,
                        id,
                        title,
                        id,
                        description,
                        title,
                        legend(),
                        valueAxis(values),
                        timeAxis(time),
                        drawn(time, values));
    }

    private double highest() {
        return lines.stream()
                .flatMap(line -> line.points().stream())
                .flatMapToDouble(point -> point.value().stream())
                .max()
                .orElse(0);
    }

    private String legend() {
        return IntStream.range(0, lines.size())
                .mapToObj(i -> {
                    int x = LEFT + i * LEGEND_WIDTH;
                    return "<path class=\"line %s\" d=\"M%d 38 h26\"/><text x=\"%d\" y=\"42\">%s</text>\n"
                            .formatted(STYLES[i], x, x + 34, lines.get(i).name());
                })
                .collect(Collectors.joining());
    }

    private static String valueAxis(Scale values) {
        return values.ticks()
                .mapToObj(tick -> {
                    String y = number(y(values, tick));
                    return "<path class=\"axis\" d=\"M%d %s H%d\"/><text class=\"end\" x=\"%d\" y=\"%s\" dy=\"4\">%s</text>\n"
                            .formatted(LEFT, y, RIGHT, LEFT - 8, y, values.label(tick));
                })
                .collect(Collectors.joining());
    }

    private static String timeAxis(Scale time) {
        String ticks = time.ticks()
                .mapToObj(tick -> "<text class=\"middle\" x=\"%s\" y=\"%d\">%s</text>\n"
                        .formatted(number(x(time, tick)), BOTTOM + 18, time.label(tick)))
                .collect(Collectors.joining());
        return ticks
                + "<text class=\"middle\" x=\"%d\" y=\"%d\">%s since the start</text>\n"
                        .formatted((LEFT + RIGHT) / 2, BOTTOM + 38, time.unit());
    }

    private String drawn(Scale time, Scale values) {
        return IntStream.range(0, lines.size())
                .mapToObj(i ->
                        "<path class=\"line %s\" d=\"%s\"/>\n".formatted(STYLES[i], path(lines.get(i), time, values)))
                .collect(Collectors.joining());
    }

    private static String path(Line line, Scale time, Scale values) {
        StringBuilder path = new StringBuilder();
        boolean interrupted = true;
        for (Point point : line.points()) {
            if (point.value().isPresent()) {
                String at = number(x(time, time.of(point.time()))) + " "
                        + number(y(values, point.value().getAsDouble()));
                path.append(interrupted ? "M" + at + "h0" : "L" + at);
            }
            interrupted = point.value().isEmpty();
        }
        return path.toString();
    }

    private static double x(Scale time, double value) {
        return LEFT + (RIGHT - LEFT) * value / time.end();
    }

    private static double y(Scale values, double value) {
        return BOTTOM - (BOTTOM - TOP) * value / values.end();
    }

    private static String number(double coordinate) {
        return String.format(Locale.ROOT, "%.1f", coordinate);
    }

    /** An axis from zero to an end, with marks at round numbers. */
    private record Scale(double end, double step, String unit, double seconds) {

        private static final int SECONDS_SHOWN = 180;
        private static final int MINUTE = 60;
        private static final int HOUR = 3600;
        private static final int MINUTES_SHOWN = 180;

        static Scale ofTime(Duration end) {
            double seconds = Rates.seconds(end);
            if (seconds <= SECONDS_SHOWN) {
                return new Scale(seconds, roundStep(seconds), "seconds", 1);
            }
            boolean minutes = seconds <= MINUTES_SHOWN * MINUTE;
            double unit = minutes ? MINUTE : HOUR;
            return new Scale(seconds / unit, roundStep(seconds / unit), minutes ? "minutes" : "hours", unit);
        }

        static Scale upTo(double highest) {
            double reached = highest > 0 ? highest : 1;
            double step = roundStep(reached);
            return new Scale(Math.ceil(reached / step) * step, step, "", 1);
        }

        /** A step of 1, 2 or 5 times a power of ten that makes no more marks than there is room for. */
        private static double roundStep(double end) {
            double power = Math.pow(10, Math.floor(Math.log10(end / MOST_TICKS)));
            for (int factor : new int[] {1, 2, 5}) {
                if (end / (factor * power) <= MOST_TICKS) {
                    return factor * power;
                }
            }
            return 10 * power;
        }

        DoubleStream ticks() {
            return IntStream.rangeClosed(0, (int) Math.floor(end / step + 1e-9)).mapToDouble(i -> i * step);
        }

        double of(Duration time) {
            return Math.min(end, Rates.seconds(time) / seconds);
        }

        String label(double tick) {
            int decimals = (int) Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
            return String.format(Locale.ROOT, "%,." + decimals + "f", tick);
        }
    }
}
