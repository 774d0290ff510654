package io.github.sessionferry.firestore;

import java.math.BigDecimal;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;

/** Times that somebody wrote as text. Thread-safe: static methods only. */
final class WrittenTime {

    private WrittenTime() {}

    /**
     * Reads seconds since 1970, or ISO 8601 text; without an offset it is in UTC.
     *
     * @return a number or an instant, or the text itself if it is neither
     */
    static Object parse(String text) {
        try {
            return new BigDecimal(text).doubleValue();
        } catch (NumberFormatException notANumber) {
            return parseIso(text);
        }
    }

    private static Object parseIso(String text) {
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeParseException noOffset) {
            try {
                return LocalDateTime.parse(text).toInstant(ZoneOffset.UTC);
            } catch (DateTimeParseException noTime) {
                return text;
            }
        }
    }
}
