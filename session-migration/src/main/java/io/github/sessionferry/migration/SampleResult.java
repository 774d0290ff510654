package io.github.sessionferry.migration;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import org.apache.commons.statistics.distribution.BetaDistribution;

/**
 * What a sample tells about all sessions.
 *
 * <p>Immutable.
 *
 * @param share which share of the sessions was to be looked at; above 0 and below 1
 * @param seed what chose them; the same seed chooses the same sessions again
 * @param compared how many sessions of either store were looked at and could be compared
 * @param differing how many of them differ, are missing or are unexpected
 * @since 0.1
 */
public record SampleResult(double share, long seed, long compared, long differing) {

    /** How certain {@link #atMost()} is. */
    public static final double CONFIDENCE = 0.95;

    /** Checks the numbers. */
    public SampleResult {
        if (differing < 0 || compared < differing) {
            throw new IllegalArgumentException(differing + " of " + compared + " cannot differ");
        }
    }

    /**
     * The greatest share of all sessions that may differ and still show so few in the sample, with a confidence of
     * {@value #CONFIDENCE}: the exact, one-sided bound of Clopper and Pearson.
     *
     * @return a share from 0 to 1; 1 if nothing was compared
     * @see <a href="https://doi.org/10.1093/biomet/26.4.404">Clopper and Pearson, 1934</a>
     */
    public double atMost() {
        return differing == compared
                ? 1
                : BetaDistribution.of(differing + 1.0, (double) (compared - differing))
                        .inverseCumulativeProbability(CONFIDENCE);
    }

    /**
     * Tells it in words.
     *
     * @return a sentence, such as {@code 0 of 1,204 looked at differ: with 95 % confidence at most 0.25 % of all sessions
     *     do}, with the greatest share rounded up
     */
    public String inWords() {
        return "%s of %s looked at %s: with %s %% confidence at most %s %% of all sessions do"
                .formatted(
                        Markdown.number(differing),
                        Markdown.number(compared),
                        differing == 1 ? "differs" : "differ",
                        percent(CONFIDENCE),
                        percent(atMost()));
    }

    /** How the sample was chosen, in words: its share and its seed. */
    String chosen() {
        return percent(share) + " % of the sessions, chosen with seed " + seed;
    }

    private static String percent(double share) {
        return BigDecimal.valueOf(share)
                .movePointRight(2)
                .round(new MathContext(2, RoundingMode.UP))
                .stripTrailingZeros()
                .toPlainString();
    }
}
