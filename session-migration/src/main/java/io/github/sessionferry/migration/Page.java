package io.github.sessionferry.migration;

import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SharedScope;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.function.IntPredicate;

/**
 * A page that people read, written from top to bottom, in one of its forms.
 *
 * <p>The texts given to it are our own words without markup, and what {@link #code} and {@link #bold} made. What comes from
 * a store always goes through {@link #code}, so that it cannot be anything else than shown. Not thread-safe.
 */
abstract class Page {

    private static final int LONGEST_CODE = 120;
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss 'UTC'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);
    private static final int NANOS_PER_MILLI = 1_000_000;
    private static final int SECONDS_WITH_FRACTION = 10;

    abstract Page title(String text);

    abstract Page section(String text);

    abstract Page paragraph(String text);

    abstract Page list(List<String> items);

    /** Begins a table; a heading that begins with a space makes a column of numbers. */
    abstract Page table(String... headings);

    abstract Page row(String... cells);

    /** Draws lines over time, if this kind of page can show drawings. */
    abstract Page plot(Plot plot);

    /** Text of unknown origin, on one line, shortened; characters that could mean something are shown by their number. */
    abstract String code(String text);

    abstract String bold(String text);

    /** The page as written so far. */
    abstract String text();

    final String key(SessionKey key) {
        return code(key.sessionId()) + " of user " + code(key.userId()) + " in " + code(key.appName());
    }

    final String scope(SharedScope scope) {
        return scope.userId().map(user -> "user " + code(user) + " in ").orElse("app ") + code(scope.appName());
    }

    /** Shortens a text and shows by their number the characters that are not safe. */
    static String visible(String text, IntPredicate safe) {
        StringBuilder visible = new StringBuilder();
        String shown = shortened(text);
        for (int i = 0; i < shown.length(); i = shown.offsetByCodePoints(i, 1)) {
            int c = shown.codePointAt(i);
            boolean atEdge = i == 0 || i + Character.charCount(c) == shown.length();
            if (isLetterDigitOrSymbol(c) || (safe.test(c) && !(c == ' ' && atEdge))) {
                visible.appendCodePoint(c);
            } else {
                visible.append(c > 0xffff ? "\\u{%x}".formatted(c) : "\\u%04x".formatted(c));
            }
        }
        return visible.toString();
    }

    /** A text, or so much of its beginning as a person needs. */
    static String shortened(String text) {
        return text.codePointCount(0, text.length()) <= LONGEST_CODE
                ? text
                : text.substring(0, text.offsetByCodePoints(0, LONGEST_CODE)) + "…";
    }

    private static boolean isLetterDigitOrSymbol(int c) {
        return Character.isLetterOrDigit(c) || Character.getType(c) == Character.OTHER_SYMBOL;
    }

    static String number(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    static String count(long number, String singular, String plural) {
        return number(number) + " " + (number == 1 ? singular : plural);
    }

    static String time(Instant time) {
        return TIME.format(time);
    }

    static String duration(Duration duration) {
        if (duration.toSeconds() < SECONDS_WITH_FRACTION) {
            return String.format(Locale.ROOT, "%.1f s", Rates.seconds(duration));
        }
        if (duration.toHours() > 0) {
            return duration.toHours() + " h " + duration.toMinutesPart() + " min";
        }
        return duration.toMinutes() > 0
                ? duration.toMinutes() + " min " + duration.toSecondsPart() + " s"
                : duration.toSeconds() + " s";
    }

    /** A time that is mostly short, with the digits that matter. */
    static String latency(Duration duration) {
        if (duration.toSeconds() >= 1) {
            return duration(duration);
        }
        return duration.toNanos() < SECONDS_WITH_FRACTION * NANOS_PER_MILLI
                ? String.format(Locale.ROOT, "%.1f ms", (double) duration.toNanos() / NANOS_PER_MILLI)
                : duration.toMillis() + " ms";
    }

    /** A rate with the digits that matter. */
    static String rate(double perSecond) {
        return perSecond < 10 ? String.format(Locale.ROOT, "%.1f", perSecond) : number(Math.round(perSecond));
    }
}
