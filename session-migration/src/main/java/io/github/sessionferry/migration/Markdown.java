package io.github.sessionferry.migration;

import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SharedScope;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;

/** Writes a page of Markdown. What comes from a store is shown as code, so that it cannot be anything else. Not thread-safe. */
final class Markdown {

    private static final int LONGEST_CODE = 120;
    private static final String SAFE_PUNCTUATION = " -_.:,;/@#+=~!?()[]{}$%^*'\"…";
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss 'UTC'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private final StringBuilder page = new StringBuilder();

    Markdown title(String text) {
        page.append("# ").append(text).append("\n");
        return this;
    }

    Markdown section(String text) {
        page.append("\n## ").append(text).append("\n");
        return this;
    }

    Markdown paragraph(String text) {
        page.append("\n").append(text).append("\n");
        return this;
    }

    Markdown list(List<String> items) {
        page.append("\n");
        items.forEach(item -> page.append("- ").append(item).append("\n"));
        return this;
    }

    /** Begins a table; a heading that begins with a space makes a column of numbers. */
    Markdown table(String... headings) {
        page.append("\n");
        row(headings);
        page.append("|");
        for (String heading : headings) {
            page.append(heading.startsWith(" ") ? "---:|" : "---|");
        }
        page.append("\n");
        return this;
    }

    Markdown row(String... cells) {
        page.append("|");
        for (String cell : cells) {
            page.append(" ").append(cell.strip()).append(" |");
        }
        page.append("\n");
        return this;
    }

    String text() {
        return page.toString();
    }

    /** Text of unknown origin, on one line, shortened; characters that could mean something are shown by their number. */
    static String code(String text) {
        if (text.isEmpty()) {
            return "*empty*";
        }
        StringBuilder code = new StringBuilder("`");
        int end = text.codePointCount(0, text.length()) <= LONGEST_CODE
                ? text.length()
                : text.offsetByCodePoints(0, LONGEST_CODE);
        for (int i = 0; i < end; i = text.offsetByCodePoints(i, 1)) {
            int c = text.codePointAt(i);
            boolean atEdge = i == 0 || i + Character.charCount(c) == end;
            if (isSafe(c) && !(c == ' ' && atEdge)) {
                code.appendCodePoint(c);
            } else {
                code.append(c > 0xffff ? "\\u{%x}".formatted(c) : "\\u%04x".formatted(c));
            }
        }
        return code.append(end < text.length() ? "…`" : "`").toString();
    }

    private static boolean isSafe(int c) {
        return Character.isLetterOrDigit(c)
                || SAFE_PUNCTUATION.indexOf(c) >= 0
                || Character.getType(c) == Character.OTHER_SYMBOL;
    }

    static String key(SessionKey key) {
        return code(key.sessionId()) + " of user " + code(key.userId()) + " in " + code(key.appName());
    }

    static String scope(SharedScope scope) {
        return scope.userId().map(user -> "user " + code(user) + " in ").orElse("app ") + code(scope.appName());
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
        if (duration.toSeconds() < 10) {
            return String.format(Locale.ROOT, "%.1f s", Rates.seconds(duration));
        }
        if (duration.toHours() > 0) {
            return duration.toHours() + " h " + duration.toMinutesPart() + " min";
        }
        return duration.toMinutes() > 0
                ? duration.toMinutes() + " min " + duration.toSecondsPart() + " s"
                : duration.toSeconds() + " s";
    }

    /** A rate with the digits that matter. */
    static String rate(double perSecond) {
        return perSecond < 10 ? String.format(Locale.ROOT, "%.1f", perSecond) : number(Math.round(perSecond));
    }
}
