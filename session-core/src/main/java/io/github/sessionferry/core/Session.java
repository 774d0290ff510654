package io.github.sessionferry.core;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A session as a store holds it: its state, its events and its times.
 *
 * <p>{@link #state()} is what a reader sees: the session's own keys and, under their prefixes, those that it shares with
 * the application ({@code app:}) and the user ({@code user:}). Events stand in the order of their timestamps; events of
 * one time stand in the order in which they were added.
 *
 * <p>Immutable. Sessions are equal if all their parts but the revision, {@link #isComplete()}, {@link #partExpireTimes()}
 * and {@link #synthesisedIds()} are. {@link #toString()} shows no content.
 *
 * @since 0.1
 */
public final class Session {

    private final SessionKey key;
    private final Map<String, @Nullable Object> state;
    private final List<SessionEvent> events;
    private final @Nullable Instant createTime;
    private final Instant updateTime;
    private final @Nullable Instant expireTime;
    private final @Nullable String revision;
    private final boolean complete;
    private final Map<String, @Nullable Object> fields;
    private final Map<String, Instant> partExpireTimes;
    private final Map<String, Integer> synthesisedIds;

    private Session(Builder builder) {
        key = builder.key;
        state = builder.state;
        events = builder.events;
        createTime = builder.createTime;
        updateTime = builder.updateTime;
        expireTime = builder.expireTime;
        revision = builder.revision;
        complete = builder.complete;
        fields = builder.fields;
        partExpireTimes = builder.partExpireTimes;
        synthesisedIds = builder.synthesisedIds;
    }

    /**
     * Starts a session.
     *
     * @param key which session
     * @param updateTime when it last changed; what is finer than a microsecond is dropped
     * @return a builder with no state, events, fields or other times
     */
    public static Builder builder(SessionKey key, Instant updateTime) {
        return new Builder(key, updateTime);
    }

    /**
     * Starts a session that equals this one, revision included.
     *
     * @return a new builder
     */
    public Builder toBuilder() {
        return new Builder(this);
    }

    /**
     * Which session this is.
     *
     * @return the key
     */
    public SessionKey key() {
        return key;
    }

    /**
     * The state that a reader sees, shared keys included.
     *
     * @return values by state key, unmodifiable
     */
    public Map<String, @Nullable Object> state() {
        return state;
    }

    /**
     * The part of the state in one scope.
     *
     * @param scope which part
     * @return a new map of its values, keys without the prefix
     */
    public Map<String, @Nullable Object> state(StateScope scope) {
        return scope.select(state);
    }

    /**
     * The events, oldest first.
     *
     * @return all events, or those that were asked for; unmodifiable
     */
    public List<SessionEvent> events() {
        return events;
    }

    /**
     * When the session was created.
     *
     * @return the time to the microsecond, or empty if the store does not know
     */
    public Optional<Instant> createTime() {
        return Optional.ofNullable(createTime);
    }

    /**
     * When the session last changed.
     *
     * @return the time to the microsecond
     */
    public Instant updateTime() {
        return updateTime;
    }

    /**
     * When the session ceases to exist.
     *
     * @return the time to the microsecond, or empty if it does not expire
     */
    public Optional<Instant> expireTime() {
        return Optional.ofNullable(expireTime);
    }

    /**
     * A token that is another one after every change of the session: of its own state, events, times or fields, not of
     * shared state.
     *
     * @return the token, for {@link Precondition#revision}; empty if the session does not come from a store
     */
    public Optional<String> revision() {
        return Optional.ofNullable(revision);
    }

    /**
     * Whether the session is whole.
     *
     * @return false if a {@link SessionService#store} of this session was broken off in a store that writes its events
     *     one by one, and has not been repeated; true otherwise
     */
    public boolean isComplete() {
        return complete;
    }

    /**
     * Every other field that the source's record of the session had.
     *
     * @return values by name, unmodifiable
     */
    public Map<String, @Nullable Object> fields() {
        return fields;
    }

    /**
     * When parts of the state cease to exist, in a store whose sessions consist of parts with lives of their own. Another
     * such store gives its parts of the same names no longer lives than these.
     *
     * @return times by the part's name in the store, unmodifiable; empty in every other store
     */
    public Map<String, Instant> partExpireTimes() {
        return partExpireTimes;
    }

    /**
     * How many ids of the events that were read for this session the store does not keep, and has made from what it keeps,
     * the same ones at every read.
     *
     * @return numbers by kind, such as {@code event}, {@code invocation} or {@code call}, unmodifiable; empty in a store
     *     that keeps all ids
     */
    public Map<String, Integer> synthesisedIds() {
        return synthesisedIds;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Session that
                && key.equals(that.key)
                && state.equals(that.state)
                && events.equals(that.events)
                && Objects.equals(createTime, that.createTime)
                && updateTime.equals(that.updateTime)
                && Objects.equals(expireTime, that.expireTime)
                && fields.equals(that.fields);
    }

    @Override
    public int hashCode() {
        return Objects.hash(key, updateTime, events.size());
    }

    @Override
    public String toString() {
        return "Session[" + key + ", " + events.size() + " events, updated " + updateTime + "]";
    }

    /**
     * Builds a session. Not thread-safe.
     *
     * <p>Every setter that takes values copies them and throws {@link IllegalArgumentException} as
     * {@link StateValues#normalise} does.
     *
     * @since 0.1
     */
    public static final class Builder {

        private final SessionKey key;
        private Instant updateTime;
        private Map<String, @Nullable Object> state = Map.of();
        private List<SessionEvent> events = List.of();
        private @Nullable Instant createTime;
        private @Nullable Instant expireTime;
        private @Nullable String revision;
        private boolean complete = true;
        private Map<String, @Nullable Object> fields = Map.of();
        private Map<String, Instant> partExpireTimes = Map.of();
        private Map<String, Integer> synthesisedIds = Map.of();

        private Builder(SessionKey key, Instant updateTime) {
            this.key = requireNonNull(key, "key");
            this.updateTime = StateValues.toMicros(updateTime);
        }

        private Builder(Session session) {
            key = session.key;
            state = session.state;
            events = session.events;
            createTime = session.createTime;
            updateTime = session.updateTime;
            expireTime = session.expireTime;
            revision = session.revision;
            complete = session.complete;
            fields = session.fields;
            partExpireTimes = session.partExpireTimes;
            synthesisedIds = session.synthesisedIds;
        }

        /**
         * Sets the state.
         *
         * @param state values by state key, shared keys with their prefixes
         * @return this builder
         */
        public Builder state(Map<String, ? extends @Nullable Object> state) {
            this.state = StateValues.normaliseMap(state);
            return this;
        }

        /**
         * Sets the events and brings them into the order of their timestamps.
         *
         * @param events events with different ids; those of one time in the order in which they were added
         * @return this builder
         * @throws IllegalArgumentException if two events have the same id
         */
        public Builder events(Collection<SessionEvent> events) {
            Set<String> ids = new HashSet<>();
            for (SessionEvent event : events) {
                if (!ids.add(event.id())) {
                    throw new IllegalArgumentException("two events of the session have the same id");
                }
            }
            this.events = events.stream()
                    .sorted(Comparator.comparing(SessionEvent::timestamp))
                    .toList();
            return this;
        }

        /**
         * Sets when the session was created.
         *
         * @param createTime the time, brought to microseconds; {@code null} if unknown
         * @return this builder
         */
        public Builder createTime(@Nullable Instant createTime) {
            this.createTime = createTime == null ? null : StateValues.toMicros(createTime);
            return this;
        }

        /**
         * Sets when the session last changed.
         *
         * @param updateTime the time, brought to microseconds
         * @return this builder
         */
        public Builder updateTime(Instant updateTime) {
            this.updateTime = StateValues.toMicros(updateTime);
            return this;
        }

        /**
         * Sets when the session ceases to exist.
         *
         * @param expireTime the time, brought to microseconds; {@code null} if it does not expire
         * @return this builder
         */
        public Builder expireTime(@Nullable Instant expireTime) {
            this.expireTime = expireTime == null ? null : StateValues.toMicros(expireTime);
            return this;
        }

        /**
         * Sets the store's token of this version of the session.
         *
         * @param revision the token; {@code null} if there is none
         * @return this builder
         */
        public Builder revision(@Nullable String revision) {
            this.revision = revision;
            return this;
        }

        /**
         * Sets whether the session is whole.
         *
         * @param complete false if events that were being stored are missing
         * @return this builder
         */
        public Builder complete(boolean complete) {
            this.complete = complete;
            return this;
        }

        /**
         * Sets every other field.
         *
         * @param fields values by name
         * @return this builder
         */
        public Builder fields(Map<String, ? extends @Nullable Object> fields) {
            this.fields = StateValues.normaliseMap(fields);
            return this;
        }

        /**
         * Sets when parts of the state cease to exist.
         *
         * @param times times by the part's name in the store; brought to microseconds
         * @return this builder
         */
        public Builder partExpireTimes(Map<String, Instant> times) {
            Map<String, Instant> copy = new LinkedHashMap<>();
            times.forEach((part, time) -> copy.put(requireNonNull(part, "part"), StateValues.toMicros(time)));
            partExpireTimes = Collections.unmodifiableMap(copy);
            return this;
        }

        /**
         * Sets how many ids of events were made by the store.
         *
         * @param numbers numbers by kind, each at least 1
         * @return this builder
         */
        public Builder synthesisedIds(Map<String, Integer> numbers) {
            synthesisedIds = Map.copyOf(numbers);
            return this;
        }

        /**
         * Makes the session.
         *
         * @return the session
         */
        public Session build() {
            return new Session(this);
        }
    }
}
