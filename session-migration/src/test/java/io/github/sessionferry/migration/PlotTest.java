package io.github.sessionferry.migration;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.sessionferry.migration.Plot.Line;
import io.github.sessionferry.migration.Plot.Point;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlotTest {

    @Test
    void line_isDrawnFromTheLowerLeftToTheUpperRight() {
        assertThat(svg(10, 0, 50, 100)).contains("d=\"M70.0 235.0h0L405.0 147.5L740.0 60.0\"");
    }

    @Test
    void line_withAValueMissing_isInterrupted_andASinglePointIsADot() {
        assertThat(svg(10, Double.NaN, 50, Double.NaN)).contains("d=\"M405.0 60.0h0\"");
        assertThat(svg(10, 50, Double.NaN, 50)).contains("d=\"M70.0 60.0h0M740.0 60.0h0\"");
    }

    @ParameterizedTest
    @CsvSource({
        "7, '0 2 4 6', seconds",
        "0.25, '0.00 0.05 0.10 0.15 0.20 0.25', seconds",
        "100, '0 20 40 60 80 100', seconds",
        "600, '0 2 4 6 8 10', minutes",
        "36000, '0 2 4 6 8 10', hours"
    })
    void timeAxis_hasRoundMarksInAUnitThatFits(double seconds, String marks, String unit) {
        String svg = svg(seconds, 1, 1);

        assertThat(texts(svg, "middle")).startsWith(marks.split(" ")).endsWith(unit + " since the start");
    }

    @ParameterizedTest
    @CsvSource({
        "0, '0.0 0.2 0.4 0.6 0.8 1.0'",
        "0.07, '0.00 0.02 0.04 0.06 0.08'",
        "3, '0.0 0.5 1.0 1.5 2.0 2.5 3.0'",
        "123456, '0 50,000 100,000 150,000'"
    })
    void valueAxis_endsAtARoundMarkAboveTheHighestValue(double highest, String marks) {
        assertThat(texts(svg(1, 0, highest), "end")).containsExactly(marks.split(" "));
    }

    private static List<String> texts(String svg, String style) {
        Matcher text =
                Pattern.compile("<text class=\"" + style + "\"[^>]*>([^<]*)<").matcher(svg);
        List<String> texts = new ArrayList<>();
        while (text.find()) {
            texts.add(text.group(1));
        }
        return texts;
    }

    private static String svg(double seconds, double... values) {
        Duration end = Duration.ofMillis((long) (seconds * 1_000));
        List<Point> points = new ArrayList<>();
        for (double value : values) {
            points.add(new Point(
                    end.multipliedBy(points.size()).dividedBy(Math.max(1, values.length - 1)),
                    Double.isNaN(value) ? OptionalDouble.empty() : OptionalDouble.of(value)));
        }
        return new Plot("title", "description", end, List.of(new Line("line", points))).svg("id");
    }
}
