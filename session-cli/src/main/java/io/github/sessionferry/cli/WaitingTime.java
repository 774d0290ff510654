package io.github.sessionferry.cli;

import java.time.DateTimeException;
import java.time.Duration;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads {@code 30s}, {@code 2m} or {@code 1h}. Thread-safe. */
final class WaitingTime implements ITypeConverter<Duration> {

    @Override
    public Duration convert(String text) {
        try {
            Duration time = Duration.parse("PT" + text.toUpperCase(Locale.ROOT));
            if (!time.isNegative()) {
                return time;
            }
        } catch (DateTimeException notATime) {
            // Said below.
        }
        throw new TypeConversionException("a time is such as 30s, 2m or 1h, not '" + text + "'");
    }
}
