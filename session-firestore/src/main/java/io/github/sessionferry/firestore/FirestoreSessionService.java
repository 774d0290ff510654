package io.github.sessionferry.firestore;

import static java.util.Objects.requireNonNull;

import com.google.api.gax.grpc.InstantiatingGrpcChannelProvider;
import com.google.api.gax.retrying.RetrySettings;
import com.google.api.gax.rpc.TransportChannelProvider;
import com.google.cloud.Timestamp;
import com.google.cloud.firestore.AggregateQuery;
import com.google.cloud.firestore.DocumentReference;
import com.google.cloud.firestore.DocumentSnapshot;
import com.google.cloud.firestore.Firestore;
import com.google.cloud.firestore.FirestoreOptions;
import com.google.cloud.firestore.Query;
import com.google.cloud.firestore.QueryDocumentSnapshot;
import com.google.cloud.firestore.WriteBatch;
import io.github.sessionferry.core.AppendOutcome;
import io.github.sessionferry.core.CallQuota;
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
import io.github.sessionferry.core.SessionSummary;
import io.github.sessionferry.core.SharedScope;
import io.github.sessionferry.core.SharedScopePage;
import io.github.sessionferry.core.SharedStateOutcome;
import io.github.sessionferry.core.SharedValue;
import io.github.sessionferry.core.StoreOutcome;
import io.github.sessionferry.core.StoreRehearsal;
import io.github.sessionferry.core.UnreadableRecord;
import io.github.sessionferry.core.codec.Encodings;
import io.github.sessionferry.core.quota.CallLimit;
import io.github.sessionferry.core.quota.CallPacer;
import io.github.sessionferry.core.quota.PacingTime;
import io.github.sessionferry.firestore.Layout.Restored;
import io.github.sessionferry.firestore.SessionPlaces.Place;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
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
 * Sessions in a Firestore database, in one of the layouts that {@link FirestoreLayout} has.
 *
 * <p>Every change is one atomic commit that asks that what it was computed from has not changed meanwhile, and is computed
 * again if it has. A session with more events than a commit takes is stored and deleted in several; until the last one it
 * is {@linkplain Session#isComplete() incomplete}, or absent.
 *
 * <p>A call to Firestore takes at most the timeout; an operation that makes one call after the other may take that several
 * times. Reads are retried within it. A change that got no answer is looked up.
 *
 * <p>Thread-safe.
 *
 * @since 0.1
 */
public final class FirestoreSessionService implements SessionService {

    private static final Set<Capability> CAPABILITIES = Set.copyOf(EnumSet.allOf(Capability.class));
    private static final int LARGEST_PAGE = 100;

    /** How fast a new collection may be filled: 500 writes a second, half as many more every five minutes. */
    /** What the calls are named that have a quota. */
    static final String WRITES = "documents written";

    private static final CallLimit RAMP = new CallLimit(500 * 60, 1.5, Duration.ofMinutes(5));

    private final String name;
    private final Firestore firestore;
    private final Rpc rpc;
    private final Clock clock;
    private final Layout layout;
    private final List<Layout> otherLayouts;
    private final SessionPlaces places;
    private final boolean ramp;
    private final PacingTime pacingTime;
    private final boolean isView;

    private FirestoreSessionService(Builder builder) {
        FirestoreOptions options = builder.options.toBuilder()
                .setChannelProvider(withoutThreadsOfItsOwn(builder.options.getTransportChannelProvider()))
                .setRetrySettings(RetrySettings.newBuilder()
                        .setMaxAttempts(1)
                        .setInitialRpcTimeoutDuration(builder.timeout)
                        .setMaxRpcTimeoutDuration(builder.timeout)
                        .setTotalTimeoutDuration(builder.timeout)
                        .build())
                .build();
        String database = "firestore:" + options.getProjectId() + "/" + options.getDatabaseId();
        firestore = options.getService();
        FirestoreLayout chosen = choose(builder.layout, new Rpc(database, builder.timeout));
        name = chosen.equals(FirestoreLayout.adkFlat()) ? database : database + "?layout=" + chosen.name();
        rpc = new Rpc(name, builder.timeout);
        clock = builder.clock;
        layout = chosen.create(firestore);
        otherLayouts = FirestoreLayout.auto().withRoot(layout.collections.root()).each().stream()
                .map(other -> other.create(firestore))
                .toList();
        places = new SessionPlaces(layout, clock);
        ramp = builder.ramp();
        pacingTime = builder.pacingTime;
        isView = false;
    }

    private FirestoreLayout choose(FirestoreLayout wanted, Rpc lookingCalls) {
        if (wanted.isOne()) {
            return wanted;
        }
        try {
            return new LayoutDetection(firestore, new Documents(firestore, lookingCalls, "open", null)).detect(wanted);
        } catch (RuntimeException e) {
            firestore.shutdownNow();
            throw e;
        }
    }

    /** An answer only completes a future, so it need not change threads for that. */
    private static TransportChannelProvider withoutThreadsOfItsOwn(TransportChannelProvider provider) {
        if (!(provider instanceof InstantiatingGrpcChannelProvider channels)) {
            return provider;
        }
        InstantiatingGrpcChannelProvider.Builder direct = channels.toBuilder();
        var configurator = direct.getChannelConfigurator();
        return direct.setChannelConfigurator(
                        builder -> (configurator == null ? builder : configurator.apply(builder)).directExecutor())
                .build();
    }

    /** A view for bulk work. */
    private FirestoreSessionService(FirestoreSessionService store, CallPacer writes) {
        name = store.name;
        firestore = store.firestore;
        rpc = store.rpc.paced(writes);
        clock = store.clock;
        layout = store.layout;
        otherLayouts = store.otherLayouts;
        places = store.places;
        ramp = store.ramp;
        pacingTime = store.pacingTime;
        isView = true;
    }

    /**
     * Starts a service.
     *
     * @param options project, database, credentials, emulator and whatever else the client is to have; its retries and
     *     timeouts are replaced by the service's own
     * @return a builder with a timeout of 10 seconds and the system's clock
     */
    public static Builder builder(FirestoreOptions options) {
        return new Builder(requireNonNull(options, "options"));
    }

    private Documents documents(String action, @Nullable SessionKey key) {
        return new Documents(firestore, rpc, action, key);
    }

    private SharedStateDocuments sharedState(Documents documents) {
        return new SharedStateDocuments(documents, layout, places);
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
        Instant now = clock.instant();
        Session session = Session.builder(key, now)
                .createTime(now)
                .expireTime(request.expireTime().orElse(null))
                .state(newState(request.state()).flat())
                .build();
        Documents documents = documents("create", key);
        sharedState(documents).checkNames(key);
        return documents.change(maybeApplied -> create(documents, request, session, maybeApplied));
    }

    private SessionState newState(Map<String, @Nullable Object> state) {
        return layout.makesCopies() ? SessionState.withCopies(state) : SessionState.ofOwn(state);
    }

    private Session create(Documents documents, NewSession request, Session session, boolean maybeApplied) {
        SessionKey key = session.key();
        SharedStateDocuments sharedState = sharedState(documents);
        Seen seen = see(documents, key);
        if (seen.place().session().isPresent()) {
            StoredSession present = seen.place().session().get();
            if (!maybeApplied) {
                throw new SessionAlreadyExistsException(key, name, null);
            }
            if (!present.toSession(Map.of(), List.of()).equals(session)) {
                throw documents.ambiguous(null);
            }
            return present.toSession(seen.sharedState(), List.of());
        }
        DocumentReference reference = new SessionRemoval(documents, layout).clear(key, seen.place());
        SizedDocument document = SizedDocument.of(
                "the session",
                key,
                reference,
                layout.fields(session, newState(session.state()), null, new Encodings()));
        WriteBatch batch = documents.batch();
        batch.create(reference, document.fields());
        sharedState.addTo(batch, key, request.state());
        Timestamp revision = documents.commit(batch).get(0).getUpdateTime();
        Map<String, @Nullable Object> state = new LinkedHashMap<>(session.state());
        state.putAll(seen.sharedState());
        state.putAll(SessionState.sharedPart(request.state()));
        return session.toBuilder().state(state).revision(revision.toString()).build();
    }

    /** A session's places and the shared state that it sees, all of one moment. */
    private record Seen(Place place, Map<String, @Nullable Object> sharedState, Timestamp moment) {}

    private Seen see(Documents documents, SessionKey key) {
        SharedStateDocuments sharedState = sharedState(documents);
        List<DocumentReference> candidates = layout.places(key);
        List<DocumentReference> references = new ArrayList<>(candidates);
        references.addAll(sharedState.seenBy(key));
        List<DocumentSnapshot> found = documents.getAll(references);
        return new Seen(
                places.locate(key, found.subList(0, candidates.size())),
                sharedState.merged(key, found.subList(candidates.size(), found.size())),
                found.stream()
                        .map(document -> requireNonNull(document.getReadTime()))
                        .max(Timestamp::compareTo)
                        .orElseThrow());
    }

    @Override
    public Optional<Session> find(SessionKey key, EventSelection events) {
        Documents documents = documents("find", requireNonNull(key, "key"));
        Seen seen = see(documents, key);
        return seen.place().session().map(session -> {
            Restored restored =
                    new SessionEvents(documents, layout).read(key, session.reference(), events, seen.moment());
            return session.toSession(seen.sharedState(), restored.events()).toBuilder()
                    .synthesisedIds(restored.synthesisedIds())
                    .build();
        });
    }

    @Override
    public SessionPage list(SessionQuery query, ScanCursor cursor, int limit) {
        int wanted = pageSize(limit);
        ScanRange range = ScanRange.of(cursor);
        Query sessions = range.restrict(layout.sessionsOf(query.appName(), query.userId()), firestore);
        List<QueryDocumentSnapshot> found = documents("list", null).query(sessions.limit(wanted));
        List<SessionSummary> asked = read(found).sessions().stream()
                .filter(summary -> query.matches(summary.key()))
                .toList();
        return new SessionPage(asked, range.next(found, wanted));
    }

    @Override
    public AppendOutcome append(SessionKey key, SessionEvent event) {
        Documents documents = documents("append", requireNonNull(key, "key"));
        AppendOutcome outcome = documents.change(maybeApplied -> append(documents, key, event, maybeApplied));
        if (layout.makesCopies()) {
            sharedState(documents).removeCopies(key, event.stateDelta());
        }
        return outcome;
    }

    private AppendOutcome append(Documents documents, SessionKey key, SessionEvent event, boolean maybeApplied) {
        List<DocumentReference> candidates = layout.places(key);
        List<DocumentReference> references = new ArrayList<>(candidates);
        candidates.forEach(candidate -> references.add(layout.event(candidate, event.id())));
        List<DocumentSnapshot> found = documents.getAll(references);
        StoredSession session = places.locate(key, found.subList(0, candidates.size()))
                .session()
                .orElseThrow(() -> new SessionNotFoundException(key, name, null));
        DocumentReference reference = layout.event(session.reference(), event.id());
        Optional<DocumentSnapshot> present = found.stream()
                .filter(document -> document.exists() && document.getReference().equals(reference))
                .findFirst();
        if (present.isPresent()) {
            checkSame(key, event, present.get());
            return maybeApplied ? AppendOutcome.APPENDED : AppendOutcome.ALREADY_PRESENT;
        }
        WriteBatch batch = documents.batch();
        batch.create(
                reference,
                SizedDocument.of(
                                "the event",
                                key,
                                reference,
                                layout.encode(key, List.of(event), false, new Encodings())
                                        .get(0))
                        .fields());
        changes(session, event).addTo(batch);
        sharedState(documents).addTo(batch, key, event.stateDelta());
        documents.commit(batch);
        return AppendOutcome.APPENDED;
    }

    private void checkSame(SessionKey key, SessionEvent event, DocumentSnapshot present) {
        try {
            if (layout.isOf(key, event, present)) {
                return;
            }
        } catch (IllegalArgumentException e) {
            throw SessionPlaces.corrupt(key, present, e);
        }
        throw new SessionException(
                SessionErrorCode.INVALID_SESSION,
                "the session has another event of this id; give every event an id of its own",
                key,
                null,
                null);
    }

    private FieldChanges changes(StoredSession session, SessionEvent event) {
        FieldChanges changes = new FieldChanges(session.document());
        SessionState state = session.state()
                .plus(layout.makesCopies() ? SessionState.sharedPart(event.stateDelta()) : Map.of())
                .apply(event.stateDelta());
        layout.changeState(changes, session.document(), state);
        if (event.timestamp().isAfter(session.updateTime())) {
            layout.changeUpdateTime(changes, session.document(), session.key(), event.timestamp());
        }
        layout.count(changes);
        return changes;
    }

    @Override
    public DeleteOutcome delete(SessionKey key, Precondition precondition) {
        Documents documents = documents("delete", requireNonNull(key, "key"));
        SessionRemoval removal = new SessionRemoval(documents, layout);
        Deletion deletion =
                documents.change(maybeApplied -> delete(documents, removal, key, precondition, maybeApplied));
        if (deletion.rest() != null) {
            try {
                removal.finish(deletion.rest());
            } catch (SessionException e) {
                throw documents.ambiguous(e);
            }
        }
        return deletion.outcome();
    }

    /** What a deletion did, and the document under which events are left. */
    private record Deletion(DeleteOutcome outcome, @Nullable DocumentReference rest) {}

    private Deletion delete(
            Documents documents,
            SessionRemoval removal,
            SessionKey key,
            Precondition precondition,
            boolean maybeApplied) {
        Place place = places.locate(key, documents.getAll(layout.places(key)));
        if (place.session().isEmpty()) {
            place.free().ifPresent(free -> removal.removeStrays(key, free));
            return new Deletion(
                    maybeApplied ? DeleteOutcome.DELETED : DeleteOutcome.ABSENT,
                    place.gone().map(DocumentSnapshot::getReference).orElse(null));
        }
        StoredSession session = place.session().get();
        if (!precondition.holdsFor(session.revision())) {
            return new Deletion(DeleteOutcome.CONFLICT, null);
        }
        boolean more = removal.begin(session.document());
        return new Deletion(DeleteOutcome.DELETED, more ? session.reference() : null);
    }

    @Override
    public List<ScanCursor> scanPartitions(int atMost) {
        if (atLeast(1, "atMost", atMost) == 1) {
            return List.of(ScanCursor.START);
        }
        try {
            return ScanRange.between(
                    rpc.read(
                            "scanPartitions",
                            null,
                            () -> firestore
                                    .collectionGroup(layout.sessionsCollection())
                                    .getPartitions(atMost)),
                    layout::isSession);
        } catch (SessionException e) {
            if (e.code() == SessionErrorCode.UNSUPPORTED) {
                return List.of(ScanCursor.START);
            }
            throw e;
        }
    }

    @Override
    public ScanPage scan(ScanCursor cursor, int limit) {
        int wanted = pageSize(limit);
        ScanRange range = ScanRange.of(cursor);
        List<QueryDocumentSnapshot> found = documents("scan", null)
                .query(range.restrict(layout.sessions(), firestore).limit(wanted));
        ScanPage page = read(found);
        return new ScanPage(page.sessions(), page.unreadable(), page.passedOver(), range.next(found, wanted));
    }

    private static int pageSize(int limit) {
        return Math.min(atLeast(1, "limit", limit), LARGEST_PAGE);
    }

    private static int atLeast(int least, String name, int value) {
        if (value < least) {
            throw new IllegalArgumentException(name + " is " + value + "; it must be at least " + least);
        }
        return value;
    }

    private ScanPage read(List<QueryDocumentSnapshot> found) {
        List<SessionSummary> sessions = new ArrayList<>();
        List<UnreadableRecord> unreadable = new ArrayList<>();
        List<UnreadableRecord> passedOver = new ArrayList<>();
        for (DocumentSnapshot document : found) {
            if (!layout.isSession(document.getReference())) {
                passedOver.add(passedOver(document.getReference()));
                continue;
            }
            try {
                StoredSession session = places.findSession(document);
                if (session != null) {
                    sessions.add(new SessionSummary(session.key(), session.updateTime()));
                }
            } catch (IllegalArgumentException e) {
                unreadable.add(new UnreadableRecord(
                        document.getReference().getPath(), e.getMessage() + "; correct or delete the document"));
            }
        }
        return new ScanPage(sessions, unreadable, passedOver, Optional.empty());
    }

    private UnreadableRecord passedOver(DocumentReference document) {
        String reason = otherLayouts.stream()
                .filter(other -> other.isSession(document))
                .findFirst()
                .map(other -> "a session in the layout " + other.name() + "; move it with layout=" + other.name())
                .orElse("no session in any layout that is known");
        return new UnreadableRecord(document.getPath(), reason);
    }

    @Override
    public StoreOutcome store(Session session, Precondition precondition) {
        return storing(session).store(precondition);
    }

    @Override
    public StoreRehearsal rehearse(Session session) {
        return storing(session).rehearse();
    }

    private SessionStoring storing(Session session) {
        Documents documents = documents("store", session.key());
        return new SessionStoring(
                documents, layout, places, sharedState(documents), new SessionRemoval(documents, layout), session);
    }

    @Override
    public Map<String, SharedValue> findSharedState(SharedScope scope) {
        return sharedState(documents("findSharedState", null)).find(scope);
    }

    @Override
    public SharedStateOutcome storeSharedState(SharedScope scope, Map<String, SharedValue> values) {
        return sharedState(documents("storeSharedState", null)).store(scope, values);
    }

    @Override
    public SharedScopePage scanSharedScopes(ScanCursor cursor, int limit) {
        return sharedState(documents("scanSharedScopes", null)).scan(cursor, atLeast(2, "limit", limit));
    }

    @Override
    public SessionService forBulkWork(double reserve) {
        SessionService unpaced = SessionService.super.forBulkWork(reserve);
        return ramp
                ? new FirestoreSessionService(this, new CallPacer(WRITES, RAMP.less(reserve), pacingTime))
                : unpaced;
    }

    @Override
    public List<CallQuota> quotas() {
        return rpc.quotas();
    }

    /** {@inheritDoc} It is one call that reads index entries only, a thousand for the price of one document. */
    @Override
    public OptionalLong estimatedSessions() {
        AggregateQuery count = layout.sessions().count();
        return OptionalLong.of(rpc.read("estimatedSessions", null, count::get).getCount());
    }

    @Override
    public void close() {
        if (!isView && rpc.close()) {
            firestore.shutdownNow();
        }
    }

    /**
     * Builds a service. Not thread-safe.
     *
     * @since 0.1
     */
    public static final class Builder {

        private final FirestoreOptions options;
        private Duration timeout = Duration.ofSeconds(10);
        private Clock clock = Clock.systemUTC();
        private FirestoreLayout layout = FirestoreLayout.adkFlat();
        private @Nullable Boolean ramp;
        private PacingTime pacingTime = PacingTime.system();

        private Builder(FirestoreOptions options) {
            this.options = options;
        }

        /**
         * Sets how long a call to Firestore may take.
         *
         * @param timeout the time, more than zero; a change may take twice that, for its outcome is looked up if it got no
         *     answer
         * @return this builder
         * @throws IllegalArgumentException if it is not more than zero
         */
        public Builder timeout(Duration timeout) {
            if (timeout.isZero() || timeout.isNegative()) {
                throw new IllegalArgumentException("timeout is " + timeout + "; it must be more than zero");
            }
            this.timeout = timeout;
            return this;
        }

        /**
         * Sets how sessions are laid out in documents.
         *
         * @param layout the layout; {@link FirestoreLayout#adkFlat()} if not set
         * @return this builder
         */
        public Builder layout(FirestoreLayout layout) {
            this.layout = requireNonNull(layout, "layout");
            return this;
        }

        /**
         * Sets the clock that gives sessions their times and tells whether one has expired.
         *
         * @param clock the clock
         * @return this builder
         */
        public Builder clock(Clock clock) {
            this.clock = requireNonNull(clock, "clock");
            return this;
        }

        /**
         * Sets whether {@linkplain #forBulkWork views for bulk work} begin slowly, as Firestore asks for new collections:
         * with 500 documents a second, half as many more every five minutes. Not needed where the collections have had
         * such traffic before.
         *
         * @param ramp whether to begin slowly; true if not set, false at an emulator
         * @return this builder
         */
        public Builder ramp(boolean ramp) {
            this.ramp = ramp;
            return this;
        }

        private boolean ramp() {
            return ramp == null ? options.getEmulatorHost() == null : ramp;
        }

        Builder pacingTime(PacingTime time) {
            pacingTime = time;
            return this;
        }

        /**
         * Makes the service; connects at the first call, but at once if the {@linkplain #layout layout} is to be looked
         * for.
         *
         * @return the service, to be closed by the caller
         * @throws IllegalArgumentException if the layout is to be looked for and there are sessions in none, or in several
         * @throws SessionException if it is to be looked for and Firestore cannot be asked
         */
        public FirestoreSessionService build() {
            return new FirestoreSessionService(this);
        }
    }
}
