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
import io.github.sessionferry.core.SessionNotFoundException;
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
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The sessions of a plain web application in Redis: a key {@code session:CATEGORY:ID} for each category of a session, a
 * hash of field and text or a plain string, with a time to live of its own; see {@link WebCategories}.
 *
 * <p>The application, and other programs, may go on to read and write these keys. A string stands bare, a number or boolean
 * as its text, lists and maps as JSON; values keep their types. In a cluster, and only there, the id stands in braces. What
 * has no place in a category – the times of a session, its other fields, sessions of users whom their state does not name –
 * stands in the hash {@code session:ferry:ID}; a session that the application wrote has none. Its update time is then told
 * by when its keys expire. Sessions of other applications, and those whose id is not made of 1 to 512 printable ASCII
 * characters without space, colon and braces, stand under keys that begin with {@code session-ferry:}.
 *
 * <p>No key tells the application; its name is configuration. The user is the value of a configured key of the state, a
 * string or a whole number, and empty if there is none or no such key is configured; so a visitor who logs in has another
 * {@link SessionKey} from then on. A web session has no events: an append applies its state delta alone. Keys with the
 * prefixes {@code app:} and {@code user:} are shared with nobody here: what is stored or appended under them is dropped;
 * those that the application wrote stay.
 *
 * <p>A category lives anew from each {@linkplain #append append} that touches it; a category that has expired is gone, the
 * rest of the session is not. A session that is {@linkplain #store stored} lives as long as its categories do, and not
 * beyond its expiry.
 *
 * <p>Every change is one script, which Redis runs as a whole. A scan goes through all keys of the database, several times
 * if there are more than 50,000 sessions, in constant memory.
 *
 * <p>Thread-safe.
 *
 * @since 0.1
 */
public final class WebRedisSessionService implements SessionService {

    static final String OWN_PREFIX = "session-ferry:";

    private static final Set<Capability> CAPABILITIES =
            Set.copyOf(EnumSet.of(Capability.WRITE, Capability.ATOMIC_PRECONDITIONS, Capability.EXPIRY));
    private static final int MOST_PARTITIONS = 4;

    private final String name;
    private final RedisCalls calls;
    private final WebKeys keys;
    private final WebWrites writes;
    private final WebReads reads;
    private final WebListing listing;
    private final ForeignSessions foreign;
    private final Clock clock;

    private WebRedisSessionService(Builder builder) {
        name = builder.options.name() + "?layout=web";
        clock = builder.clock;
        calls = new RedisCalls(name, builder.options);
        keys = new WebKeys(builder.appName, builder.userKey, builder.categories, builder.options.isCluster());
        WebScript script = new WebScript(calls, keys);
        foreign = new ForeignSessions(RedisSessionService.builder(builder.options)
                .prefix(OWN_PREFIX)
                .clock(clock)
                .build());
        reads = new WebReads(calls, keys, script, foreign);
        writes = new WebWrites(calls, keys, script, foreign);
        listing = new WebListing(keys, new WebIds(calls, keys, builder.idsAPass), reads, foreign);
    }

    /**
     * Starts a service.
     *
     * @param options where Redis is
     * @return a builder with the application {@code web}, no user's key, the standard categories and the system's clock
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
        calls.checkOpen();
        SessionKey key = new SessionKey(
                request.appName(),
                request.userId(),
                request.sessionId().orElseGet(() -> UUID.randomUUID().toString()));
        Session session = Session.builder(key, StateValues.toMicros(clock.instant()))
                .expireTime(request.expireTime().orElse(null))
                .state(StateValues.apply(Map.of(), StateScope.SESSION.select(request.state())))
                .build();
        String revision = writes.create(session).orElseThrow(() -> new SessionAlreadyExistsException(key, name, null));
        return session.toBuilder().revision(revision).build();
    }

    @Override
    public Optional<Session> find(SessionKey key, EventSelection events) {
        return Optional.ofNullable(findAll(List.of(key), events).get(key));
    }

    @Override
    public Map<SessionKey, Session> findAll(Collection<SessionKey> wanted, EventSelection events) {
        calls.checkOpen();
        requireNonNull(events, "events");
        return reads.findAll(wanted);
    }

    @Override
    public SessionPage list(SessionQuery query, ScanCursor cursor, int limit) {
        calls.checkOpen();
        requireLimit(limit, 1);
        return listing.list(query, WebCursor.of(cursor), limit);
    }

    @Override
    public AppendOutcome append(SessionKey key, SessionEvent event) {
        calls.checkOpen();
        return writes.append(key, event).orElseThrow(() -> new SessionNotFoundException(key, name, null));
    }

    @Override
    public DeleteOutcome delete(SessionKey key, Precondition precondition) {
        calls.checkOpen();
        return writes.delete(key, precondition);
    }

    @Override
    public List<ScanCursor> scanPartitions(int atMost) {
        calls.checkOpen();
        requireLimit(atMost, 1);
        return WebCursor.partitions(Math.min(atMost, MOST_PARTITIONS)).stream()
                .map(WebCursor::cursor)
                .toList();
    }

    @Override
    public ScanPage scan(ScanCursor cursor, int limit) {
        calls.checkOpen();
        requireLimit(limit, 1);
        return listing.scan(WebCursor.of(cursor), limit);
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
    public int batchSize() {
        return WebReads.AT_ONCE;
    }

    @Override
    public Map<String, SharedValue> findSharedState(SharedScope scope) {
        calls.checkOpen();
        requireNonNull(scope, "scope");
        return Map.of();
    }

    @Override
    public SharedStateOutcome storeSharedState(SharedScope scope, Map<String, SharedValue> values) {
        calls.checkOpen();
        throw new SessionException(
                SessionErrorCode.UNSUPPORTED,
                "web sessions share no state; take redis://HOST?layout=agent where sessions do");
    }

    @Override
    public SharedScopePage scanSharedScopes(ScanCursor cursor, int limit) {
        calls.checkOpen();
        requireLimit(limit, 2);
        return new SharedScopePage(List.of(), Optional.empty());
    }

    @Override
    public void close() {
        foreign.close();
        calls.close();
    }

    @Override
    public String toString() {
        return "WebRedisSessionService[" + name + "]";
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
        private String appName = "web";
        private @Nullable String userKey;
        private WebCategories categories = WebCategories.standard();
        private Clock clock = Clock.systemUTC();
        private int idsAPass = WebIds.IDS_A_PASS;

        private Builder(RedisOptions options) {
            this.options = options;
        }

        /**
         * Sets the application's name.
         *
         * @param name the name; not empty, {@code web} by default
         * @return this builder
         * @throws IllegalArgumentException if it is empty
         */
        public Builder appName(String name) {
            if (name.isEmpty()) {
                throw new IllegalArgumentException("appName is empty; name the application");
            }
            appName = name;
            return this;
        }

        /**
         * Sets which key of the state holds the user's id.
         *
         * @param key the key, such as {@code user_id}; without it every session has the empty user
         * @return this builder
         */
        public Builder userKey(String key) {
            userKey = requireNonNull(key, "key");
            return this;
        }

        /**
         * Sets what stands where, and for how long.
         *
         * @param categories the categories; {@link WebCategories#standard()} by default
         * @return this builder
         */
        public Builder categories(WebCategories categories) {
            this.categories = requireNonNull(categories, "categories");
            return this;
        }

        /**
         * Sets the clock that tells when sessions are created. What expires goes by the server's.
         *
         * @param clock the clock; the system's by default
         * @return this builder
         */
        public Builder clock(Clock clock) {
            this.clock = requireNonNull(clock, "clock");
            return this;
        }

        Builder idsAPass(int ids) {
            idsAPass = ids;
            return this;
        }

        /**
         * Makes the service. It connects at its first call.
         *
         * @return the service, to be closed by the caller
         * @throws SessionException {@link SessionErrorCode#INTERNAL} if the client cannot be set up
         */
        public WebRedisSessionService build() {
            return new WebRedisSessionService(this);
        }
    }
}
