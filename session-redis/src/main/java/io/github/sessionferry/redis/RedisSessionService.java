package io.github.sessionferry.redis;

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
import io.github.sessionferry.core.SessionAlreadyExistsException;
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
import io.github.sessionferry.core.StateScope;
import io.github.sessionferry.core.StateValues;
import io.github.sessionferry.core.StoreOutcome;
import io.github.sessionferry.core.StoreRehearsal;
import io.github.sessionferry.core.StoreRequest;
import io.github.sessionferry.core.StoreResult;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Sessions in Redis, in the layout {@code agent}: the project's own form, with every capability. One server, a primary that
 * Sentinel tells, or a cluster; Redis 6.2 or later.
 *
 * <p>Every change of a session is one script, which Redis runs as a whole; a session of more than 1,000 events, or 4 MiB of
 * them, is stored by several and is {@linkplain Session#isComplete() incomplete} until the last. Shared state that an append
 * brings with it waits in the session's keys until it is where it belongs; whoever meets it on the way brings it there.
 *
 * <p>A call to Redis takes at most the timeout, and a change that got no answer is looked up, in twice that; an operation
 * that makes one call after the other may take that several times. Redis must not evict keys.
 *
 * <p>Thread-safe.
 *
 * @since 0.1
 */
public final class RedisSessionService implements SessionService {

    static final String DEFAULT_PREFIX = "ferry:";

    private static final Set<Capability> CAPABILITIES = Set.copyOf(EnumSet.allOf(Capability.class));

    private final String name;
    private final RedisCalls calls;
    private final Clock clock;
    private final SharedState sharedState;
    private final SessionIndex index;
    private final SessionReads reads;
    private final SessionWrites writes;
    private final SessionListing listing;

    private RedisSessionService(Builder builder) {
        String prefix = builder.prefix;
        name = builder.options.name() + (prefix.equals(DEFAULT_PREFIX) ? "" : "?prefix=" + prefix);
        calls = new RedisCalls(name, builder.options);
        clock = builder.clock;
        sharedState = new SharedState(calls, prefix);
        index = new SessionIndex(calls, prefix);
        reads = new SessionReads(calls, prefix, sharedState, clock);
        writes = new SessionWrites(calls, prefix, sharedState, index, clock);
        listing = new SessionListing(calls, prefix, index, clock);
    }

    /**
     * Starts a service.
     *
     * @param options where Redis is
     * @return a builder with the prefix {@code ferry:} and the system's clock
     */
    public static Builder builder(RedisOptions options) {
        return new Builder(requireNonNull(options, "options"));
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Set<Capability> capabilities() {
        return CAPABILITIES;
    }

    @Override
    public Session create(NewSession request) {
        SessionKey key = new SessionKey(
                request.appName(),
                request.userId(),
                request.sessionId().orElseGet(() -> UUID.randomUUID().toString()));
        Instant now = StateValues.toMicros(clock.instant());
        Session session = Session.builder(key, now)
                .createTime(now)
                .expireTime(request.expireTime().orElse(null))
                .state(StateScope.SESSION.select(request.state()))
                .build();
        String revision = writes.create(session, request.state())
                .orElseThrow(() -> new SessionAlreadyExistsException(key, name, null));
        Map<String, @Nullable Object> state = new LinkedHashMap<>(session.state());
        state.putAll(reads.sharedState(key));
        return session.toBuilder().state(state).revision(revision).build();
    }

    @Override
    public Optional<Session> find(SessionKey key, EventSelection events) {
        return Optional.ofNullable(findAll(List.of(key), events).get(key));
    }

    @Override
    public Map<SessionKey, Session> findAll(Collection<SessionKey> keys, EventSelection events) {
        requireNonNull(events, "events");
        calls.checkOpen();
        return reads.findAll(keys, events);
    }

    @Override
    public SessionPage list(SessionQuery query, ScanCursor cursor, int limit) {
        requireLimit(limit, 1);
        return listing.list(query, cursor, limit);
    }

    @Override
    public AppendOutcome append(SessionKey key, SessionEvent event) {
        return writes.append(key, event);
    }

    @Override
    public DeleteOutcome delete(SessionKey key, Precondition precondition) {
        return writes.delete(key, requireNonNull(precondition, "precondition"));
    }

    @Override
    public List<ScanCursor> scanPartitions(int atMost) {
        calls.checkOpen();
        requireLimit(atMost, 1);
        return IndexCursor.partitions(atMost);
    }

    @Override
    public ScanPage scan(ScanCursor cursor, int limit) {
        requireLimit(limit, 1);
        return listing.scan(cursor, limit);
    }

    @Override
    public StoreOutcome store(Session session, Precondition precondition) {
        return storeAll(List.of(new StoreRequest(session, precondition))).get(0).get();
    }

    @Override
    public List<StoreResult> storeAll(List<StoreRequest> requests) {
        calls.checkOpen();
        return writes.storeAll(requests);
    }

    @Override
    public StoreRehearsal rehearse(Session session) {
        writes.check(session);
        return StoreRehearsal.PLAIN;
    }

    @Override
    public Map<String, SharedValue> findSharedState(SharedScope scope) {
        return sharedState.find(scope);
    }

    @Override
    public SharedStateOutcome storeSharedState(SharedScope scope, Map<String, SharedValue> values) {
        return sharedState.store(scope, values, StateValues.toMicros(clock.instant()));
    }

    @Override
    public SharedScopePage scanSharedScopes(ScanCursor cursor, int limit) {
        requireLimit(limit, 2);
        return sharedState.scan(cursor, limit);
    }

    @Override
    public int batchSize() {
        return SessionReads.AT_ONCE;
    }

    @Override
    public OptionalLong estimatedSessions() {
        return OptionalLong.of(index.size());
    }

    @Override
    public void close() {
        calls.close();
    }

    @Override
    public String toString() {
        return "RedisSessionService[" + name + "]";
    }

    private static void requireLimit(int limit, int atLeast) {
        if (limit < atLeast) {
            throw new IllegalArgumentException("the limit is " + limit + "; it must be at least " + atLeast);
        }
    }

    /**
     * Builds a service. Not thread-safe.
     *
     * @since 0.1
     */
    public static final class Builder {

        private final RedisOptions options;
        private String prefix = DEFAULT_PREFIX;
        private Clock clock = Clock.systemUTC();

        private Builder(RedisOptions options) {
            this.options = options;
        }

        /**
         * Sets how all keys of the store begin, so that several stores, and other data, fit into one database.
         *
         * @param prefix any text without braces, which tell a cluster what belongs together; {@code ferry:} by default
         * @return this builder
         * @throws IllegalArgumentException if it holds a brace
         */
        public Builder prefix(String prefix) {
            if (prefix.contains("{") || prefix.contains("}")) {
                throw new IllegalArgumentException("the prefix holds a brace; choose one without");
            }
            this.prefix = prefix;
            return this;
        }

        /**
         * Sets the clock that tells when sessions are created, shared state is written and sessions expire.
         *
         * @param clock the clock; the system's by default
         * @return this builder
         */
        public Builder clock(Clock clock) {
            this.clock = requireNonNull(clock, "clock");
            return this;
        }

        /**
         * Makes the service. It connects at its first call.
         *
         * @return the service, to be closed by the caller
         * @throws SessionException {@link SessionErrorCode#INTERNAL} if the client cannot be set up
         */
        public RedisSessionService build() {
            return new RedisSessionService(this);
        }
    }
}
