package io.github.sessionferry.core;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One event of a session's history: a message, a tool's call or answer, a change of state.
 *
 * <p>Every field that a source had is kept: what this class does not name is in {@link #fields()} (of the event) or
 * {@link #actions()} (of its actions), under the name that the source used. Field names that the Agent Development Kit
 * knows are in its snake_case form, such as {@code turn_complete}. All values are state values as {@link StateValues}
 * describes.
 *
 * <p>Immutable. Events are equal if all their parts are. {@link #toString()} shows no content.
 *
 * @since 0.1
 */
public final class SessionEvent {

    private final String id;
    private final String invocationId;
    private final String author;
    private final Instant timestamp;
    private final @Nullable Map<String, @Nullable Object> content;
    private final Map<String, @Nullable Object> stateDelta;
    private final Map<String, @Nullable Object> actions;
    private final Map<String, @Nullable Object> fields;

    private SessionEvent(Builder builder) {
        id = builder.id;
        invocationId = builder.invocationId;
        author = builder.author;
        timestamp = builder.timestamp;
        content = builder.content;
        stateDelta = builder.stateDelta;
        actions = builder.actions;
        fields = builder.fields;
    }

    /**
     * Starts an event.
     *
     * @param id the event's id, unique in its session; not empty
     * @param author who the event comes from: {@code user} or an agent's name
     * @param timestamp when it happened; what is finer than a microsecond is dropped
     * @return a builder with no invocation id, content, actions or fields
     * @throws IllegalArgumentException if the id is empty
     */
    public static Builder builder(String id, String author, Instant timestamp) {
        return new Builder(id, author, timestamp);
    }

    /**
     * Starts an event that equals this one.
     *
     * @return a new builder
     */
    public Builder toBuilder() {
        return new Builder(id, author, timestamp)
                .invocationId(invocationId)
                .content(content)
                .stateDelta(stateDelta)
                .actions(actions)
                .fields(fields);
    }

    /**
     * The event's id.
     *
     * @return the id, unique in its session
     */
    public String id() {
        return id;
    }

    /**
     * Which invocation of the agent the event belongs to.
     *
     * @return the invocation's id; empty if the source has none
     */
    public String invocationId() {
        return invocationId;
    }

    /**
     * Who the event comes from.
     *
     * @return {@code user} or an agent's name
     */
    public String author() {
        return author;
    }

    /**
     * When the event happened.
     *
     * @return the time to the microsecond
     */
    public Instant timestamp() {
        return timestamp;
    }

    /**
     * The message, as the source wrote it: a role and parts.
     *
     * @return the content, unmodifiable, or empty if the event has none
     */
    public Optional<Map<String, @Nullable Object>> content() {
        return Optional.ofNullable(content);
    }

    /**
     * What the event changed in the state.
     *
     * @return new values by state key, keys with their scope's prefix; {@link TaggedValue#REMOVED} for a key removed;
     *     unmodifiable
     */
    public Map<String, @Nullable Object> stateDelta() {
        return stateDelta;
    }

    /**
     * The event's other actions, such as {@code artifact_delta} or {@code transfer_to_agent}.
     *
     * @return values by name, unmodifiable
     */
    public Map<String, @Nullable Object> actions() {
        return actions;
    }

    /**
     * Every other field of the event, such as {@code turn_complete} or {@code usage_metadata}.
     *
     * @return values by name, unmodifiable
     */
    public Map<String, @Nullable Object> fields() {
        return fields;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SessionEvent that
                && id.equals(that.id)
                && invocationId.equals(that.invocationId)
                && author.equals(that.author)
                && timestamp.equals(that.timestamp)
                && Objects.equals(content, that.content)
                && stateDelta.equals(that.stateDelta)
                && actions.equals(that.actions)
                && fields.equals(that.fields);
    }

    @Override
    public int hashCode() {
        return Objects.hash(id, timestamp);
    }

    @Override
    public String toString() {
        return "SessionEvent[" + id + " at " + timestamp + "]";
    }

    /**
     * Builds an event. Not thread-safe.
     *
     * <p>Every setter that takes values copies them and throws {@link IllegalArgumentException} as
     * {@link StateValues#normalise} does.
     *
     * @since 0.1
     */
    public static final class Builder {

        private static final Set<String> OWN_NAMES =
                Set.of("id", "invocation_id", "author", "timestamp", "content", "actions");

        private final String id;
        private final String author;
        private final Instant timestamp;
        private String invocationId = "";
        private @Nullable Map<String, @Nullable Object> content;
        private Map<String, @Nullable Object> stateDelta = Map.of();
        private Map<String, @Nullable Object> actions = Map.of();
        private Map<String, @Nullable Object> fields = Map.of();

        private Builder(String id, String author, Instant timestamp) {
            if (requireNonNull(id, "id").isEmpty()) {
                throw new IllegalArgumentException("an event's id is empty");
            }
            this.id = id;
            this.author = requireNonNull(author, "author");
            this.timestamp = StateValues.toMicros(timestamp);
        }

        /**
         * Sets the invocation that the event belongs to.
         *
         * @param invocationId the invocation's id; empty if unknown
         * @return this builder
         */
        public Builder invocationId(String invocationId) {
            this.invocationId = requireNonNull(invocationId, "invocationId");
            return this;
        }

        /**
         * Sets the message.
         *
         * @param content a role and parts; {@code null} for none
         * @return this builder
         */
        public Builder content(@Nullable Map<String, ? extends @Nullable Object> content) {
            this.content = content == null ? null : StateValues.normaliseMap(content);
            return this;
        }

        /**
         * Sets what the event changes in the state.
         *
         * @param stateDelta new values by state key, keys with their scope's prefix
         * @return this builder
         */
        public Builder stateDelta(Map<String, ? extends @Nullable Object> stateDelta) {
            this.stateDelta = StateValues.normaliseMap(stateDelta);
            return this;
        }

        /**
         * Sets the other actions.
         *
         * @param actions values by name, in snake_case or camelCase where ADK knows the name
         * @return this builder
         * @throws IllegalArgumentException if the state delta is among them
         */
        public Builder actions(Map<String, ? extends @Nullable Object> actions) {
            this.actions = StateValues.normaliseMap(AdkNames.canonical(actions, AdkNames.ACTIONS));
            if (this.actions.containsKey("state_delta")) {
                throw new IllegalArgumentException("the state delta is given apart from the other actions");
            }
            return this;
        }

        /**
         * Sets every other field.
         *
         * @param fields values by name, in snake_case or camelCase where ADK knows the name
         * @return this builder
         * @throws IllegalArgumentException if one of them has a setter of its own here
         */
        public Builder fields(Map<String, ? extends @Nullable Object> fields) {
            this.fields = StateValues.normaliseMap(AdkNames.canonical(fields, AdkNames.EVENT));
            for (String name : OWN_NAMES) {
                if (this.fields.containsKey(name)) {
                    throw new IllegalArgumentException("the event's " + name + " is given apart from its other fields");
                }
            }
            return this;
        }

        /**
         * Makes the event.
         *
         * @return the event
         */
        public SessionEvent build() {
            return new SessionEvent(this);
        }
    }
}
