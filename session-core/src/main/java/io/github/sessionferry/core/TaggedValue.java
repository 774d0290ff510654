package io.github.sessionferry.core;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/**
 * A value that only some stores know, such as a geographical point, carried through every other store.
 *
 * <p>The tag says what it is, the value holds it in terms of the other kinds of state value. Tags are names such as
 * {@code geopoint}; a store that meets a tag that it does not know keeps it as it is. Immutable. Its
 * {@link #toString()} tells the tag only.
 *
 * @param tag what the value is; not empty
 * @param value the value in plain terms, normalised as {@link StateValues#normalise} does
 * @since 0.1
 */
public record TaggedValue(String tag, @Nullable Object value) {

    /**
     * As a value of a {@linkplain SessionEvent#stateDelta() state delta}: the key is to be removed. Never a value of a
     * session's state.
     */
    public static final TaggedValue REMOVED = new TaggedValue("removed", null);

    /**
     * Checks the tag and normalises the value.
     *
     * @throws IllegalArgumentException if the tag is empty or the value is no state value
     */
    public TaggedValue {
        if (requireNonNull(tag, "tag").isEmpty()) {
            throw new IllegalArgumentException("tag is empty");
        }
        value = StateValues.normalise(value);
    }

    @Override
    public String toString() {
        return "TaggedValue[" + tag + "]";
    }
}
