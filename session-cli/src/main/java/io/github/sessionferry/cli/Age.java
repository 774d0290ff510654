package io.github.sessionferry.cli;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads {@code 7d}, and what {@link WaitingTime} does. Thread-safe. */
final class Age implements ITypeConverter<Duration> {

    private static final Pattern DAYS = Pattern.compile("(\\d{1,9})[dD]");

    @Override
    public Duration convert(String text) {
        Matcher days = DAYS.matcher(text);
        if (days.matches()) {
            return Duration.ofDays(Long.parseLong(days.group(1)));
        }
        try {
            return new WaitingTime().convert(text);
        } catch (TypeConversionException notATime) {
            throw new TypeConversionException("an age is such as 7d, 12h or 30m and not negative, not '" + text + "'");
        }
    }
}
