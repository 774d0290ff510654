package io.github.sessionferry.testkit.generators;

import static java.util.Objects.requireNonNull;

import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SharedScope;
import io.github.sessionferry.core.SharedValue;
import io.github.sessionferry.core.StateScope;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Makes realistic conversations of users with an agent that books ferries, in any number.
 *
 * <p>A session has a UUID, state of its own and state shared with its user and application, and events that alternate
 * between the user, the agent's call of a tool, the tool's answer and the agent's reply. The deltas of the events add up
 * to the state. The same settings give the same sessions in every run; session by session, so that millions need no more
 * memory than one.
 *
 * <p>Immutable.
 *
 * @since 0.1
 */
public final class ConversationGenerator {

    private static final Duration BETWEEN_SESSIONS = Duration.ofSeconds(37);
    private static final List<String> NAMES =
            List.of("Ada", "Grace", "Linus", "Barbara", "Edsger", "Margaret", "Donald", "Radia", "Ken", "Frances");
    private static final List<String> LANGUAGES = List.of("en", "de", "fr", "ja", "pt", "sv");

    private final String appName;
    private final long sessions;
    private final int eventsPerSession;
    private final int users;
    private final long seed;
    private final Instant start;

    private ConversationGenerator(Builder builder) {
        appName = builder.appName;
        sessions = builder.sessions;
        eventsPerSession = builder.eventsPerSession;
        users = builder.users;
        seed = builder.seed;
        start = builder.start;
    }

    /**
     * Starts a generator.
     *
     * @return a builder for 1,000 sessions of 10 events, of 100 users of the application {@code ferry_concierge}
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * How many sessions there are.
     *
     * @return the number
     */
    public long sessions() {
        return sessions;
    }

    /**
     * Makes a session.
     *
     * @param index which one; from 0 to {@link #sessions()} less 1
     * @return the session as a reader sees it, shared state included; always the same for an index
     * @throws IndexOutOfBoundsException if there is no such session
     */
    public Session session(long index) {
        if (index < 0 || index >= sessions) {
            throw new IndexOutOfBoundsException("there is no session " + index + " of " + sessions);
        }
        SplittableRandom random = randomFor(index);
        String userId = userId((int) (index % users));
        SessionKey key =
                new SessionKey(appName, userId, Conversation.uuid(random).toString());
        Instant createTime =
                start.plus(BETWEEN_SESSIONS.multipliedBy(index)).plusNanos(random.nextInt(1_000_000) * 1_000L);
        Conversation conversation = new Conversation(random, createTime, sharedStateSeenBy(key));
        for (int i = 0; i < eventsPerSession; i++) {
            conversation.addEvent();
        }
        return conversation.session(key);
    }

    /**
     * Makes all sessions, one after the other.
     *
     * @return a stream that holds one at a time
     */
    public Stream<Session> stream() {
        return LongStream.range(0, sessions).mapToObj(this::session);
    }

    /**
     * Names the scopes that hold shared state: the application's and those of the users that have sessions.
     *
     * @return a stream of the scopes
     */
    public Stream<SharedScope> sharedScopes() {
        return Stream.concat(
                Stream.of(SharedScope.app(appName)),
                LongStream.range(0, Math.min(users, sessions))
                        .mapToObj(user -> SharedScope.user(appName, userId((int) user))));
    }

    /**
     * Makes the shared state of a scope.
     *
     * @param scope one of {@link #sharedScopes()}
     * @return values by key, keys without prefix, written when the first session began
     */
    public Map<String, SharedValue> sharedState(SharedScope scope) {
        Map<String, SharedValue> values = new LinkedHashMap<>();
        scope.userId()
                .map(this::userState)
                .orElseGet(ConversationGenerator::appState)
                .forEach((key, value) -> values.put(key, SharedValue.of(value, start)));
        return values;
    }

    private Map<String, @Nullable Object> sharedStateSeenBy(SessionKey key) {
        Map<String, @Nullable Object> seen = new LinkedHashMap<>(StateScope.APP.qualify(appState()));
        seen.putAll(StateScope.USER.qualify(userState(key.userId())));
        return seen;
    }

    private static Map<String, Object> appState() {
        Map<String, Object> state = new LinkedHashMap<>();
        state.put("timetable_version", 42L);
        state.put("notice", "The 18:30 crossing leaves from pier 4 this week.");
        return state;
    }

    private Map<String, Object> userState(String userId) {
        SplittableRandom random = randomFor(-1 - Long.parseLong(userId.substring(userId.indexOf('-') + 1)));
        Map<String, Object> state = new LinkedHashMap<>();
        state.put("name", NAMES.get(random.nextInt(NAMES.size())));
        state.put("language", LANGUAGES.get(random.nextInt(LANGUAGES.size())));
        state.put("loyalty_points", random.nextLong(10_000));
        return state;
    }

    private static String userId(int user) {
        return "user-%06d".formatted(user + 1);
    }

    /** Two rounds: generators whose seeds are near each other would otherwise give parts of one sequence. */
    private SplittableRandom randomFor(long index) {
        return new SplittableRandom(new SplittableRandom(seed ^ (index * 0xD1342543DE82EF95L)).nextLong());
    }

    /**
     * Builds a generator. Not thread-safe.
     *
     * @since 0.1
     */
    public static final class Builder {

        private String appName = "ferry_concierge";
        private long sessions = 1_000;
        private int eventsPerSession = 10;
        private int users = 100;
        private long seed;
        private Instant start = Instant.parse("2026-01-05T08:00:00Z");

        private Builder() {}

        /**
         * Sets the application.
         *
         * @param appName its name; not empty
         * @return this builder
         * @throws IllegalArgumentException if it is empty
         */
        public Builder appName(String appName) {
            if (requireNonNull(appName, "appName").isEmpty()) {
                throw new IllegalArgumentException("appName is empty");
            }
            this.appName = appName;
            return this;
        }

        /**
         * Sets how many sessions there are.
         *
         * @param sessions the number; 0 or more
         * @return this builder
         * @throws IllegalArgumentException if negative
         */
        public Builder sessions(long sessions) {
            this.sessions = atLeast(0, sessions, "sessions");
            return this;
        }

        /**
         * Sets how many events each session has.
         *
         * @param events the number; 0 or more
         * @return this builder
         * @throws IllegalArgumentException if negative
         */
        public Builder eventsPerSession(int events) {
            this.eventsPerSession = (int) atLeast(0, events, "eventsPerSession");
            return this;
        }

        /**
         * Sets how many users the sessions are of, in turn.
         *
         * @param users the number; 1 or more
         * @return this builder
         * @throws IllegalArgumentException if less than 1
         */
        public Builder users(int users) {
            this.users = (int) atLeast(1, users, "users");
            return this;
        }

        /**
         * Sets what the sessions are drawn from.
         *
         * @param seed any number; another one gives other sessions
         * @return this builder
         */
        public Builder seed(long seed) {
            this.seed = seed;
            return this;
        }

        /**
         * Sets when the first session begins.
         *
         * @param start the time
         * @return this builder
         */
        public Builder start(Instant start) {
            this.start = requireNonNull(start, "start");
            return this;
        }

        /**
         * Makes the generator.
         *
         * @return the generator
         */
        public ConversationGenerator build() {
            return new ConversationGenerator(this);
        }

        private static long atLeast(long least, long number, String name) {
            if (number < least) {
                throw new IllegalArgumentException(name + " is " + number + "; it must be at least " + least);
            }
            return number;
        }
    }
}
