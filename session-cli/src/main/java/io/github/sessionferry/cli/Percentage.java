package io.github.sessionferry.cli;

import java.math.BigDecimal;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads {@code 5%} or {@code 0.5%} as a share of 1. Thread-safe. */
final class Percentage implements ITypeConverter<Double> {

    private static final Pattern PERCENTAGE = Pattern.compile("([0-9]{1,3}([.][0-9]{1,6})?)\\s?%");

    @Override
    public Double convert(String text) {
        var percentage = PERCENTAGE.matcher(text);
        if (!percentage.matches()) {
            throw new TypeConversionException(
                    "a percentage is a number with a percent sign, such as 5%, not '" + text + "'");
        }
        return new BigDecimal(percentage.group(1)).movePointLeft(2).doubleValue();
    }
}
