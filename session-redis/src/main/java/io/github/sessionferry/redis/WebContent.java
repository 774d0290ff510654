package io.github.sessionferry.redis;

import io.github.sessionferry.redis.WebCategories.Category;
import io.github.sessionferry.redis.WebCategories.Form;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;

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

    private static final byte[] NOTHING = {};
    private static final long NEVER = 0;

    /** The end of everything in milliseconds since 1970; 0 for none. */
    long latest() {
        return expireTime.map(WebContent::millis).orElse(NEVER);
    }

    /** A time as Redis has it; 0, which stands for none, is none. */
    static long millis(Instant time) {
        return Math.max(1, time.toEpochMilli());
    }

    /** Whether it is what a new session is, with something in a category. */
    boolean isInCategories() {
        return !keepsParts && parts.stream().anyMatch(part -> !part.isEmpty());
    }

    /**
     * The arguments that put this, which is in categories, where there is nothing: what is to stand under each key, and until
     * when, as the script for one session has it.
     *
     * @param now the server's time in milliseconds since 1970
     */
    Arguments create(WebCategories categories, long now) {
        Arguments arguments = new Arguments();
        StringJoiner notes = new StringJoiner(" ");
        long longest = 1;
        for (int i = 0; i < parts.size(); i++) {
            Category category = categories.all().get(i);
            long end = end(i, category, now);
            arguments.add(end).addBytes(dump(category.form(), parts.get(i)));
            if (!parts.get(i).isEmpty()) {
                notes.add(category.name() + "=" + end);
                longest = later(longest, end);
            }
        }
        Map<String, String> ours = new LinkedHashMap<>(details);
        ours.put(WebSlot.UNTIL, notes.toString());
        return new Arguments().add(longest).addBytes(Dump.hash(ours)).append(arguments);
    }

    private long end(int place, Category category, long now) {
        long own = category.ttl().map(ttl -> now + ttl.toMillis()).orElse(NEVER);
        return sooner(own, sooner(limits.get(place), latest()));
    }

    private static long sooner(long end, long other) {
        return end == NEVER || other == NEVER ? Math.max(end, other) : Math.min(end, other);
    }

    private static long later(long end, long other) {
        return end == NEVER || other == NEVER ? NEVER : Math.max(end, other);
    }

    private static byte[] dump(Form form, Map<String, String> part) {
        if (part.isEmpty()) {
            return NOTHING;
        }
        return form == Form.HASH
                ? Dump.hash(part)
                : Dump.string(part.values().iterator().next());
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
