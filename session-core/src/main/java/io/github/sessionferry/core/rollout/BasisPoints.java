package io.github.sessionferry.core.rollout;

import java.math.BigDecimal;
import java.util.regex.Pattern;

/** Percentages in steps of 0.01 as whole numbers, 0 to 10,000. Thread-safe. */
final class BasisPoints {

    private static final int LONGEST_SHOWN = 20;
    private static final int MAX = 10_000;
    private static final Pattern DECIMAL = Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,2})?");

    private BasisPoints() {}

    static int of(double percentage) {
        if (!(percentage >= 0 && percentage <= 100)) {
            throw notAPercentage(Double.toString(percentage));
        }
        try {
            return BigDecimal.valueOf(percentage).movePointRight(2).intValueExact();
        } catch (ArithmeticException finerThanAStep) {
            throw notAPercentage(Double.toString(percentage));
        }
    }

    static int parse(String percentage) {
        if (!DECIMAL.matcher(percentage).matches()) {
            throw notAPercentage(percentage);
        }
        int basisPoints = new BigDecimal(percentage).movePointRight(2).intValueExact();
        if (basisPoints > MAX) {
            throw notAPercentage(percentage);
        }
        return basisPoints;
    }

    static double toPercentage(int basisPoints) {
        return basisPoints / 100.0;
    }

    private static IllegalArgumentException notAPercentage(String given) {
        return new IllegalArgumentException(
                "a percentage is a number from 0 to 100 with at most two decimals, such as 5 or 12.5, not "
                        + shown(given));
    }

    private static String shown(String given) {
        boolean harmless = given.length() <= LONGEST_SHOWN && given.chars().allMatch(c -> c >= ' ' && c <= '~');
        return harmless ? '"' + given + '"' : "a text of " + given.length() + " characters";
    }
}
