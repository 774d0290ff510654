package io.github.sessionferry.redis;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is to stand under one session id. Immutable.
 *
 * @param details what is ours, field by field
 * @param parts the categories, field by field, in their order
 * @param limits when each category ends at the latest, in milliseconds since 1970; 0 for none
 * @param keepsParts whether the categories are to stay as they are, and as long as they do
 * @param expireTime when everything ends at the latest
 */
record WebContent(
        Map<String, String> details,
        List<Map<String, String>> parts,
        List<Long> limits,
        boolean keepsParts,
        Optional<Instant> expireTime) {

    /** The end of everything in milliseconds since 1970; 0 for none. */
    long latest() {
        return expireTime.map(WebContent::millis).orElse(0L);
    }

    /** A time as Redis has it; 0, which stands for none, is none. */
    static long millis(Instant time) {
        return Math.max(1, time.toEpochMilli());
    }

    /** Whether it is what a new session is, with something in a category. */
    boolean isInCategories() {
        return !keepsParts && parts.stream().anyMatch(part -> !part.isEmpty());
    }

    /** The arguments that put this, which is in categories, where there is nothing. */
    Arguments create() {
        Arguments arguments = new Arguments().add(2 * details.size()).addAll(details);
        arguments.add(parts.stream().filter(part -> !part.isEmpty()).count());
        for (int i = 0; i < parts.size(); i++) {
            Map<String, String> part = parts.get(i);
            if (!part.isEmpty()) {
                arguments.add(i + 1, limit(i), 2 * part.size()).addAll(part);
            }
        }
        return arguments;
    }

    private long limit(int category) {
        long limit = limits.get(category);
        return limit == 0 || (latest() != 0 && latest() < limit) ? latest() : limit;
    }

    /** The arguments that swap this for what has a revision. */
    Arguments swapFor(String revision, boolean maybeDone) {
        Arguments arguments = new Arguments()
                .add("swap", revision, maybeDone ? "1" : "", latest(), keepsParts ? "1" : "")
                .add(2 * details.size())
                .addAll(details);
        for (int i = 0; i < parts.size(); i++) {
            Map<String, String> given = keepsParts ? Map.of() : parts.get(i);
            arguments.add(limits.get(i)).add(2 * given.size()).addAll(given);
        }
        return arguments;
    }
}
