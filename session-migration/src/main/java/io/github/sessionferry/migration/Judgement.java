package io.github.sessionferry.migration;

import java.util.List;
import java.util.Optional;

/**
 * What the comparison of a session, or of the shared state of a scope, came to. Immutable.
 *
 * @param outcome what it came to
 * @param differenceCount how many differences there are
 * @param differences those of them that are kept in memory
 * @param failure why it could not be compared or repaired; empty if it could, or was not to be
 */
record Judgement(Outcome outcome, int differenceCount, List<Difference> differences, Optional<Failure> failure) {

    enum Outcome {
        /** Both stores hold the same. */
        EQUAL,
        /** Both stores hold the same since it was repaired. */
        REPAIRED,
        /** Both stores hold it, with differences. */
        DIFFERENT,
        /** Only the source holds it. */
        MISSING,
        /** Only the target holds it. */
        UNEXPECTED,
        /** What the source holds is no readable session. */
        UNREADABLE_IN_SOURCE,
        /** What the target holds is no readable session. */
        UNREADABLE_IN_TARGET,
        /** A store failed, after all retries. */
        FAILED,
        /** There is nothing to compare here: it is gone, or is judged when the scan of the other store tells it. */
        NONE
    }

    static final Judgement EQUAL = of(Outcome.EQUAL);
    static final Judgement REPAIRED = of(Outcome.REPAIRED);
    static final Judgement NONE = of(Outcome.NONE);

    static Judgement of(Outcome outcome) {
        return new Judgement(outcome, 0, List.of(), Optional.empty());
    }

    /** Both stores hold it. */
    static Judgement of(List<Difference> differences) {
        return differences.isEmpty()
                ? EQUAL
                : new Judgement(Outcome.DIFFERENT, differences.size(), differences, Optional.empty());
    }

    static Judgement failed(Outcome outcome, Failure failure) {
        return new Judgement(outcome, 0, List.of(), Optional.of(failure));
    }

    /** Whether there is nothing to say against it. */
    boolean isFine() {
        return outcome == Outcome.EQUAL || outcome == Outcome.REPAIRED || outcome == Outcome.NONE;
    }

    /** Whether the target holds it, and it can be read there. */
    boolean isInTarget() {
        return switch (outcome) {
            case EQUAL, REPAIRED, DIFFERENT, UNEXPECTED -> true;
            case MISSING, UNREADABLE_IN_SOURCE, UNREADABLE_IN_TARGET, FAILED, NONE -> false;
        };
    }

    /** The same with the reason why a repair did not help. */
    Judgement because(Failure notRepaired) {
        return new Judgement(outcome, differenceCount, differences, Optional.of(notRepaired));
    }

    /** The same without the differences themselves, to be kept for long. */
    Judgement brief() {
        return new Judgement(outcome, differenceCount, List.of(), failure);
    }
}
