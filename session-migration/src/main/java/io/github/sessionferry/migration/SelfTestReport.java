package io.github.sessionferry.migration;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * Whether a validation found the faults that were planted for it.
 *
 * <p>Immutable; holds no session content and no keys.
 *
 * @param sessions how many sessions of the stores were copied
 * @param falseAlarm whether a difference was told in copies that are equal
 * @param results what became of each fault
 * @since 0.1
 */
public record SelfTestReport(int sessions, boolean falseAlarm, List<Result> results) {

    /** Where a fault was planted. */
    public enum Place {
        /** In a copy of what the stores hold. */
        STORES,
        /** In a made-up session, for no session of the stores that was copied has what the fault needs. */
        MADE_UP,
        /** Nowhere: the stores have no such thing. */
        NOWHERE
    }

    /**
     * What became of one fault.
     *
     * <p>Immutable.
     *
     * @param fault which one
     * @param place where it was planted
     * @param found whether exactly it was found; false if it was planted nowhere
     */
    public record Result(PlantedFault fault, Place place, boolean found) {

        /** Checks the parts. */
        public Result {
            requireNonNull(fault, "fault");
            requireNonNull(place, "place");
        }

        boolean passed() {
            return found || place == Place.NOWHERE;
        }
    }

    /** Copies the list. */
    public SelfTestReport {
        results = List.copyOf(results);
    }

    /**
     * Whether every fault that was planted was found, and nothing else.
     *
     * @return true if so
     */
    public boolean passed() {
        return !falseAlarm && results.stream().allMatch(Result::passed);
    }

    /**
     * Counts the faults that were planted.
     *
     * @return how many
     */
    public long planted() {
        return results.stream()
                .filter(result -> result.place() != Place.NOWHERE)
                .count();
    }

    /**
     * Counts the faults that were found.
     *
     * @return how many
     */
    public long found() {
        return results.stream().filter(Result::found).count();
    }

    /**
     * Tells it in words.
     *
     * @return a sentence, such as {@code 14 of 14 planted faults were found}
     */
    public String inWords() {
        List<String> missed = results.stream()
                .filter(result -> !result.passed())
                .map(result -> result.fault().description())
                .toList();
        return found() + " of " + planted() + " planted faults were found"
                + (missed.isEmpty() ? "" : ", not these: " + String.join("; ", missed))
                + (falseAlarm ? "; and copies that are equal were told to differ" : "");
    }
}
