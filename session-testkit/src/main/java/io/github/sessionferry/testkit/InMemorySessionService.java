package io.github.sessionferry.testkit;

import static java.util.Objects.requireNonNull;

import io.github.sessionferry.core.AppendOutcome;
import io.github.sessionferry.core.Capability;
import io.github.sessionferry.core.DeleteOutcome;
import io.github.sessionferry.core.EventSelection;
import io.github.sessionferry.core.NewSession;
import io.github.sessionferry.core.Precondition;
import io.github.sessionferry.core.ScanCursor;
import io.github.sessionferry.core.ScanPage;
import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionErrorCode;
import io.github.sessionferry.core.SessionEvent;
import io.github.sessionferry.core.SessionException;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SessionPage;
import io.github.sessionferry.core.SessionQuery;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.SharedScope;
import io.github.sessionferry.core.SharedScopePage;
import io.github.sessionferry.core.SharedStateOutcome;
import io.github.sessionferry.core.SharedValue;
import io.github.sessionferry.core.StoreOutcome;
import java.time.Clock;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * A store of sessions in memory, with every capability.
 *
 * <p>Every operation is atomic and takes a time logarithmic in the number of sessions. It keeps the promises of
 * {@link SessionService} strictly, so that what works with it works with the stores that it stands for; it never blocks,
 * and refuses calls of interrupted threads as a remote store would.
 *
 * <p>Thread-safe.
 *
 * @since 0.1
 */
public final class InMemorySessionService implements SessionService {

    private static final Set<Capability> ALL = Set.copyOf(EnumSet.allOf(Capability.class));

    private final String name;
    private final MemoryStore store;
    private final int batchSize;
    private volatile boolean closed;

    InMemorySessionService(String name, MemoryStore store, int batchSize) {
        this.name = name;
        this.store = store;
        this.batchSize = batchSize;
    }

    /**
     * Makes an empty store on the system's clock.
     *
     * @return the store
     */
    public static InMemorySessionService create() {
        return builder().build();
    }

    /**
     * Starts an empty store.
     *
     * @return a builder with the system's clock
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Opens the same store once more, as another process would.
     *
     * @return a service with the same sessions; closing one of the two does not close the other
     */
    public InMemorySessionService openAgain() {
        return new InMemorySessionService(name, store, batchSize);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int batchSize() {
        return batchSize;
    }

    @Override
    public Set<Capability> capabilities() {
        return ALL;
    }

    @Override
    public Session create(NewSession request) {
        requireNonNull(request, "request");
        return open().create(request, name);
    }

    @Override
    public Optional<Session> find(SessionKey key, EventSelection events) {
        requireNonNull(key, "key");
        requireNonNull(events, "events");
        return open().find(key, events);
    }

    @Override
    public SessionPage list(SessionQuery query, ScanCursor cursor, int limit) {
        requireNonNull(query, "query");
        requireLimit(limit, 1);
        return open().list(query, ScanPosition.of(cursor), limit);
    }

    @Override
    public AppendOutcome append(SessionKey key, SessionEvent event) {
        requireNonNull(key, "key");
        requireNonNull(event, "event");
        return open().append(key, event, name);
    }

    @Override
    public DeleteOutcome delete(SessionKey key, Precondition precondition) {
        requireNonNull(key, "key");
        requireNonNull(precondition, "precondition");
        return open().delete(key, precondition);
    }

    @Override
    public List<ScanCursor> scanPartitions(int atMost) {
        requireLimit(atMost, 1);
        return open().scanPartitions(atMost);
    }

    @Override
    public ScanPage scan(ScanCursor cursor, int limit) {
        requireLimit(limit, 1);
        return open().scan(ScanPosition.of(cursor), limit);
    }

    @Override
    public StoreOutcome store(Session session, Precondition precondition) {
        requireNonNull(session, "session");
        requireNonNull(precondition, "precondition");
        return open().store(session, precondition);
    }

    @Override
    public Map<String, SharedValue> findSharedState(SharedScope scope) {
        requireNonNull(scope, "scope");
        return open().findSharedState(scope);
    }

    @Override
    public SharedStateOutcome storeSharedState(SharedScope scope, Map<String, SharedValue> values) {
        requireNonNull(scope, "scope");
        requireNonNull(values, "values");
        return open().storeSharedState(scope, values);
    }

    @Override
    public SharedScopePage scanSharedScopes(ScanCursor cursor, int limit) {
        requireNonNull(cursor, "cursor");
        requireLimit(limit, 2);
        return open().scanSharedScopes(cursor, limit);
    }

    @Override
    public OptionalLong estimatedSessions() {
        return OptionalLong.of(open().size());
    }

    @Override
    public void close() {
        closed = true;
    }

    @Override
    public String toString() {
        return "InMemorySessionService[" + name + "]";
    }

    private MemoryStore open() {
        if (closed) {
            throw new SessionException(SessionErrorCode.CLOSED, "the store " + name + " was closed");
        }
        if (Thread.currentThread().isInterrupted()) {
            throw new SessionException(
                    SessionErrorCode.UNAVAILABLE, "the call on " + name + " was interrupted; nothing was changed");
        }
        return store;
    }

    private static void requireLimit(int limit, int atLeast) {
        if (limit < atLeast) {
            throw new IllegalArgumentException("the limit is " + limit + "; it must be at least " + atLeast);
        }
    }

    /**
     * Builds a store. Not thread-safe.
     *
     * @since 0.1
     */
    public static final class Builder {

        private Clock clock = Clock.systemUTC();
        private String name = "memory:";
        private int batchSize = 1;

        private Builder() {}

        /**
         * Sets the clock that tells when sessions are created, shared state is written and sessions expire.
         *
         * @param clock the clock
         * @return this builder
         */
        public Builder clock(Clock clock) {
            this.clock = requireNonNull(clock, "clock");
            return this;
        }

        /**
         * Sets how many sessions the store says it takes at once.
         *
         * @param sessions the number; at least 1, 1 if not set
         * @return this builder
         * @throws IllegalArgumentException if it is less than 1
         */
        public Builder batchSize(int sessions) {
            if (sessions < 1) {
                throw new IllegalArgumentException("batchSize is " + sessions + "; it must be at least 1");
            }
            batchSize = sessions;
            return this;
        }

        /**
         * Sets what the store is called, to tell it from others.
         *
         * @param name the name; {@code memory:} if not set
         * @return this builder
         */
        public Builder name(String name) {
            this.name = requireNonNull(name, "name");
            return this;
        }

        /**
         * Makes the store.
         *
         * @return a new, empty store
         */
        public InMemorySessionService build() {
            return new InMemorySessionService(name, new MemoryStore(clock), batchSize);
        }
    }
}
