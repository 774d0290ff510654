package io.github.sessionferry.core;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

/**
 * Copies of shared keys that single sessions hold, with other values than those that count.
 *
 * <p>Immutable; tells sessions, keys and times, no values.
 *
 * @param count how many there are
 * @param examples the first few, {@value #MOST_EXAMPLES} at most
 * @since 0.1
 */
public record OverruledCopies(long count, List<Copy> examples) {

    /** How many are told by name. */
    public static final int MOST_EXAMPLES = 20;

    /** No copies. */
    public static final OverruledCopies NONE = new OverruledCopies(0, List.of());

    /** Copies the list. */
    public OverruledCopies {
        examples = List.copyOf(examples);
    }

    /**
     * One copy.
     *
     * <p>Immutable.
     *
     * @param session the session that holds it
     * @param stateKey the key with its prefix
     * @param updateTime when the session last changed
     */
    public record Copy(SessionKey session, String stateKey, Instant updateTime) {

        /** Checks the parts. */
        public Copy {
            requireNonNull(session, "session");
            requireNonNull(stateKey, "stateKey");
            requireNonNull(updateTime, "updateTime");
        }
    }

    /**
     * These copies and others.
     *
     * @param others further copies
     * @return all of them
     */
    public OverruledCopies plus(OverruledCopies others) {
        return new OverruledCopies(
                count + others.count,
                Stream.of(examples, others.examples)
                        .flatMap(List::stream)
                        .limit(MOST_EXAMPLES)
                        .toList());
    }
}
