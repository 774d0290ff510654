package io.github.sessionferry.redis;

import java.time.Instant;
import java.time.temporal.ChronoField;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Times as Redis and its scripts have them: the second, a point, and six digits of microseconds. */
final class RedisTime {

    private static final Pattern TEXT = Pattern.compile("(-?\\d{1,18})\\.(\\d{6})");
    private static final int NANOS = 1_000;
    private static final int MILLIS = 1_000;
    private static final int MICROS = 1_000_000;

    /** Up to here a script counts exactly. */
    private static final long EXACT = 1L << 53;

    private RedisTime() {}

    static String text(Instant time) {
        return time.getEpochSecond() + "." + micros(time);
    }

    static String micros(Instant time) {
        return String.valueOf(MICROS + time.get(ChronoField.MICRO_OF_SECOND)).substring(1);
    }

    static Instant parse(String text, String name) {
        Matcher time = TEXT.matcher(text);
        if (!time.matches()) {
            throw new IllegalArgumentException("the session's " + name + " is no time");
        }
        return Instant.ofEpochSecond(Long.parseLong(time.group(1)), Long.parseLong(time.group(2)) * NANOS);
    }

    /** What the server answers that is asked for its time: seconds and microseconds; in milliseconds since 1970. */
    static long millis(List<byte[]> answer) {
        return Long.parseLong(Arguments.text(answer.get(0))) * MILLIS
                + Long.parseLong(Arguments.text(answer.get(1))) / MILLIS;
    }

    /** Microseconds since 1970 that a script can compare; times that are too far off become the last one that it can. */
    static long comparable(Instant time) {
        long latest = EXACT / MICROS - 1;
        long second = Math.max(-latest, Math.min(latest, time.getEpochSecond()));
        return second * MICROS + time.get(ChronoField.MICRO_OF_SECOND);
    }
}
