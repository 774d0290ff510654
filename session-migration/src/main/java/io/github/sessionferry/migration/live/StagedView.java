package io.github.sessionferry.migration.live;

import io.github.sessionferry.core.AmbiguousOutcomeException;
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
import io.github.sessionferry.core.StoreOutcome;
import io.github.sessionferry.core.codec.Json;
import io.github.sessionferry.core.rollout.Channel;
import io.github.sessionferry.core.rollout.Stage;
import io.github.sessionferry.core.rollout.StoreSide;
import io.github.sessionferry.migration.live.SeenSessions.Standing;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The staged service as the users of one channel see it. Thread-safe. */
final class StagedView implements SessionService {

    private static final Logger LOG = LoggerFactory.getLogger(StagedSessionService.class);

    private final Staging staging;
    private final StorePair stores;
    private final Channel channel;
    private final Set<Capability> capabilities;

    StagedView(Staging staging, Channel channel) {
        this.staging = staging;
        this.stores = staging.stores();
        this.channel = channel;
        EnumSet<Capability> both = EnumSet.noneOf(Capability.class);
        both.addAll(stores.source().capabilities());
        both.retainAll(stores.target().capabilities());
        capabilities = Set.copyOf(both);
    }

    @Override
    public String name() {
        return stores.source().name() + " to " + stores.target().name();
    }

    @Override
    public Set<Capability> capabilities() {
        return capabilities;
    }

    /** Runs an operation that sees one plan from its begin to its end. */
    private <T> T operate(SessionKey key, Function<Operation, T> action) {
        refuseReserved(key.appName());
        return operate(key.userId(), action);
    }

    private <T> T operate(String userId, Function<Operation, T> action) {
        PlanUse use = staging.begin();
        try {
            return action.apply(new Operation(use, staging.course(use.plan(), userId, channel)));
        } finally {
            use.end();
        }
    }

    private record Operation(PlanUse use, Course course) {}

    private static void refuseReserved(String appName) {
        if (appName.equals(SessionKey.RESERVED_APP_NAME)) {
            throw new SessionException(
                    SessionErrorCode.INVALID_SESSION,
                    "the application name " + SessionKey.RESERVED_APP_NAME
                            + " is reserved for the migration's own records; use another");
        }
    }

    private SessionService authority(Course course) {
        return stores.on(course.authority());
    }

    private SessionService other(Course course) {
        return stores.on(course.other());
    }

    // Reading

    @Override
    public Optional<Session> find(SessionKey key, EventSelection events) {
        return operate(key, operation -> {
            Optional<Session> found = find(operation.course(), key, events);
            if (found.isEmpty()) {
                staging.seen().toldAbsent(key);
            }
            if (operation.course().stage() == Stage.SHADOW && channel == Channel.TEXT) {
                staging.shadow().compare(key, events, found, operation.course().authority());
            }
            return found;
        });
    }

    private Optional<Session> find(Course course, SessionKey key, EventSelection events) {
        bringTogetherIfNeeded(course, key);
        Optional<Session> found;
        try {
            found = authority(course).find(key, events);
        } catch (SessionException e) {
            if (!course.fallsBack() || !letsOtherServe(e)) {
                throw e;
            }
            return fallBack(course, key, events, e);
        }
        Standing standing = tell(found, events);
        if (standing == Standing.GONE && course.adopts() && adopt(course, key)) {
            found = authority(course).find(key, events);
            standing = tell(found, events);
        }
        if (standing == Standing.BEHIND) {
            return findCaughtUp(course, key, events);
        }
        return standing == Standing.GONE ? Optional.empty() : found;
    }

    private Standing tell(Optional<Session> found, EventSelection events) {
        return found.isEmpty() ? Standing.GONE : staging.seen().tell(found.get(), events.equals(EventSelection.all()));
    }

    /** The authority lacks what this process has told: it is brought there first. */
    private Optional<Session> findCaughtUp(Course course, SessionKey key, EventSelection events) {
        staging.settlement().settle(key, course.authority(), Settlement.Carry.SESSIONS);
        Optional<Session> found = authority(course).find(key, events);
        return switch (tell(found, events)) {
            case CURRENT -> found;
            case GONE -> Optional.empty();
            case BEHIND -> {
                if (stores.keepEvents()) {
                    throw new SessionException(
                            SessionErrorCode.UNAVAILABLE,
                            "the session is older in both stores than what was read before; try again later",
                            key,
                            null,
                            null);
                }
                // Nothing is missing: its application, or somebody who restored it, has set its time back.
                yield found.map(this::told);
            }
        };
    }

    private boolean adopt(Course course, SessionKey key) {
        boolean adopted = staging.settlement().adopt(key, course.authority());
        if (adopted) {
            staging.listener().adopted(key);
        }
        return adopted;
    }

    private static boolean letsOtherServe(SessionException e) {
        return e.code() != SessionErrorCode.UNSUPPORTED
                && e.code() != SessionErrorCode.CLOSED
                && !Thread.currentThread().isInterrupted();
    }

    /** The other store's answer, if it has the session and nothing is known that it lacks. */
    private Optional<Session> fallBack(Course course, SessionKey key, EventSelection events, SessionException failure) {
        if (staging.debts().isOwed(key) || staging.secondWrites().isPending(key)) {
            throw failure;
        }
        Optional<Session> whole;
        try {
            whole = other(course).find(key, EventSelection.all());
        } catch (SessionException e) {
            failure.addSuppressed(e);
            throw failure;
        }
        if (whole.isEmpty() || staging.seen().standing(whole.get()) != Standing.CURRENT) {
            throw failure;
        }
        fellBack(course, key, failure);
        Session session = whole.get();
        return Optional.of(
                told(session.toBuilder().events(events.apply(session.events())).build()));
    }

    private void fellBack(Course course, SessionKey key, SessionException failure) {
        staging.listener().fellBack(key, course.other(), failure.code());
        LOG.warn(
                "event=fell_back side={} session={} code={}",
                course.other(),
                Json.write(key.sessionId()),
                failure.code());
    }

    /** Settles first what is known to differ, or may differ while the authority moves. */
    private void bringTogetherIfNeeded(Course course, SessionKey key) {
        Optional<Owed> owed = staging.debts().find(key);
        boolean owedToAuthority =
                !course.neverWaits() && owed.isPresent() && owed.get().authority() != course.authority();
        if (!course.compares() && !owedToAuthority) {
            return;
        }
        try {
            if (owedToAuthority) {
                staging.settleOwn(key);
            } else if (!staging.settlement().isAlike(key)) {
                staging.settlement().settle(key, course.authority(), Settlement.Carry.SESSIONS);
            }
        } catch (SessionException e) {
            LOG.warn("event=not_compared session={} code={}", Json.write(key.sessionId()), e.code());
        }
    }

    @Override
    public SessionPage list(SessionQuery query, ScanCursor cursor, int limit) {
        refuseReserved(query.appName());
        return operate(
                query.userId().orElse(""),
                operation -> listing(operation.course()).list(query, cursor, limit));
    }

    private Listing listing(Course course) {
        return new Listing(stores, course, staging.deleted());
    }

    @Override
    public List<ScanCursor> scanPartitions(int atMost) {
        return operate("", operation -> listing(operation.course()).scanPartitions(atMost));
    }

    @Override
    public ScanPage scan(ScanCursor cursor, int limit) {
        return operate("", operation -> listing(operation.course()).scan(cursor, limit));
    }

    // Writing

    @Override
    public Session create(NewSession request) {
        refuseReserved(request.appName());
        return operate(request.userId(), operation -> {
            Course course = operation.course();
            return course.writesOther() || course.adopts()
                    ? create(operation, withId(request))
                    : told(authority(course).create(request));
        });
    }

    private static SessionKey key(NewSession request) {
        return new SessionKey(
                request.appName(), request.userId(), request.sessionId().orElseThrow());
    }

    private static NewSession withId(NewSession request) {
        return request.sessionId().isPresent()
                ? request
                : NewSession.builder(request.appName(), request.userId())
                        .sessionId(UUID.randomUUID().toString())
                        .state(request.state())
                        .expireTime(request.expireTime().orElse(null))
                        .build();
    }

    private Session create(Operation operation, NewSession request) {
        Course course = operation.course();
        SessionKey key = key(request);
        refuseIfOnlyInOther(course, key);
        TouchedScopes touched = TouchedScopes.by(request.state());
        Debts.Intent intent = begin(course, key, Optional.empty(), touched);
        Session created = acknowledged(
                course,
                intent,
                () -> staging.deleted()
                        .write(key, course.authority(), () -> authority(course).create(request)));
        if (course.splits(touched)) {
            shareAppState(course, intent, request);
        }
        bring(operation, new SecondWrites.Change(intent, null, request.state()));
        return told(created);
    }

    /** Gives it to the store that decides on the application's state. */
    private void shareAppState(Course course, Debts.Intent intent, NewSession request) {
        SessionKey key = intent.owed().key();
        SessionService deciding = stores.on(course.appAuthority());
        try {
            var unused = deciding.storeSharedState(key.appScope(), appState(request.state()));
        } catch (SessionException e) {
            staging.debts().add(intent);
            throw new AmbiguousOutcomeException(
                    "the session was created in "
                            + authority(course).name() + ", but its app: state may not be in " + deciding.name()
                            + ", which decides on it; write that state again",
                    key,
                    e);
        }
    }

    private Map<String, SharedValue> appState(Map<String, ? extends @Nullable Object> state) {
        Map<String, SharedValue> values = new LinkedHashMap<>();
        StateScope.APP
                .select(state)
                .forEach((name, value) -> values.put(
                        name, SharedValue.replacing(value, staging.clock().instant())));
        return values;
    }

    private void refuseIfOnlyInOther(Course course, SessionKey key) {
        if ((!course.adopts() && !course.compares())
                || authority(course).find(key, EventSelection.none()).isPresent()) {
            return;
        }
        boolean adopted;
        try {
            adopted = adopt(course, key);
        } catch (SessionException e) {
            LOG.warn("event=not_compared session={} code={}", Json.write(key.sessionId()), e.code());
            return;
        }
        if (adopted) {
            throw new SessionAlreadyExistsException(key, other(course).name(), null);
        }
    }

    private Session told(Session session) {
        staging.seen().told(session);
        return session;
    }

    @Override
    public AppendOutcome append(SessionKey key, SessionEvent event) {
        return operate(key, operation -> {
            Course course = operation.course();
            bringTogetherIfNeeded(course, key);
            TouchedScopes touched = TouchedScopes.by(event.stateDelta());
            Debts.Intent intent = begin(course, key, Optional.of(event.id()), touched);
            AppendOutcome outcome = acknowledged(course, intent, () -> append(course, key, event, touched));
            staging.seen().appended(key, event);
            bring(operation, new SecondWrites.Change(intent, event, event.stateDelta()));
            return outcome;
        });
    }

    private AppendOutcome append(Course course, SessionKey key, SessionEvent event, TouchedScopes touched) {
        if (course.splits(touched)) {
            var unused = appendWithCopy(course, key, event, course.appAuthority());
        }
        try {
            AppendOutcome outcome = appendWithCopy(course, key, event, course.authority());
            if (course.splits(touched) && touched.user() && outcome == AppendOutcome.ALREADY_PRESENT) {
                // It came with a copy of the session, which changes no shared state.
                staging.settlement().takeOver(key.userScope(), course.authority());
            }
            return outcome;
        } catch (SessionException e) {
            if (course.splits(touched)) {
                throw inOneStoreOnly(course, key, event, touched, e);
            }
            if (!staging.writesInEmergency() || !course.fallsBack() || !letsOtherServe(e) || isFinal(e)) {
                throw e;
            }
            return appendInEmergency(course, key, event, touched, e);
        }
    }

    /** The store that decides on the application's state has the event, that which decides on the session may not. */
    private AmbiguousOutcomeException inOneStoreOnly(
            Course course, SessionKey key, SessionEvent event, TouchedScopes touched, SessionException failure) {
        staging.debts().add(staging.debts().begin(key, course.appAuthority(), Optional.of(event.id()), touched));
        return new AmbiguousOutcomeException(
                "the event is in " + stores.on(course.appAuthority()).name() + " and perhaps not yet in "
                        + authority(course).name() + "; append it again",
                key,
                failure);
    }

    private static boolean isFinal(SessionException e) {
        return e.code() == SessionErrorCode.NOT_FOUND || e.code() == SessionErrorCode.INVALID_SESSION;
    }

    /** A session that the store lacks is copied from the other one first. */
    private AppendOutcome appendWithCopy(Course course, SessionKey key, SessionEvent event, StoreSide side) {
        try {
            return stores.on(side).append(key, event);
        } catch (SessionNotFoundException e) {
            boolean mayCopy = side != course.authority() || course.adopts() || course.compares();
            if (!mayCopy || !staging.settlement().adopt(key, side)) {
                throw e;
            }
            return stores.on(side).append(key, event);
        }
    }

    private AppendOutcome appendInEmergency(
            Course course, SessionKey key, SessionEvent event, TouchedScopes touched, SessionException failure) {
        Debts.Intent intent = staging.debts().begin(key, course.other(), Optional.of(event.id()), touched);
        try {
            AppendOutcome outcome = other(course).append(key, event);
            staging.debts().add(intent);
            fellBack(course, key, failure);
            return outcome;
        } catch (SessionException e) {
            endIfUnchanged(intent, e);
            failure.addSuppressed(e);
            throw failure;
        }
    }

    @Override
    public DeleteOutcome delete(SessionKey key, Precondition precondition) {
        return operate(key, operation -> delete(operation, key, precondition));
    }

    private DeleteOutcome delete(Operation operation, SessionKey key, Precondition precondition) {
        Course course = operation.course();
        bringTogetherIfNeeded(course, key);
        Optional<Session> standing = authority(course).find(key, EventSelection.none());
        if (standing.isEmpty() && course.adopts() && adopt(course, key)) {
            standing = authority(course).find(key, EventSelection.none());
        }
        if (standing.isEmpty()) {
            return DeleteOutcome.ABSENT;
        }
        Debts.Intent intent = begin(course, key, Optional.empty(), TouchedScopes.NONE);
        DeleteOutcome outcome =
                acknowledged(course, intent, () -> staging.deleted().delete(key, precondition, course.authority()));
        if (outcome == DeleteOutcome.CONFLICT) {
            staging.debts().end(intent);
            return outcome;
        }
        staging.seen().gone(standing.get());
        bring(operation, new SecondWrites.Change(intent, null, Map.of()));
        return outcome;
    }

    @Override
    public StoreOutcome store(Session session, Precondition precondition) {
        SessionKey key = session.key();
        return operate(key, operation -> {
            Course course = operation.course();
            Debts.Intent intent = begin(course, key, Optional.empty(), TouchedScopes.NONE);
            StoreOutcome outcome = acknowledged(course, intent, () -> store(course, session, precondition));
            if (outcome.status() == StoreOutcome.Status.CONFLICT) {
                staging.debts().end(intent);
            } else {
                bring(operation, new SecondWrites.Change(intent, null, Map.of()));
            }
            return outcome;
        });
    }

    private StoreOutcome store(Course course, Session session, Precondition precondition) {
        StoreOutcome[] outcome = new StoreOutcome[1];
        var unused = staging.deleted().write(session.key(), course.authority(), () -> {
            outcome[0] = authority(course).store(session, precondition);
            return session;
        });
        return outcome[0];
    }

    private Debts.Intent begin(Course course, SessionKey key, Optional<String> eventId, TouchedScopes touched) {
        return course.writesOther()
                ? staging.debts().begin(key, course.authority(), eventId, touched)
                : staging.debts().untracked(key, course.authority());
    }

    /** Does the write that decides. Where it may have been done in spite of a failure, the stores may differ. */
    private <T> T acknowledged(Course course, Debts.Intent intent, java.util.function.Supplier<T> write) {
        try {
            return write.get();
        } catch (SessionException e) {
            if (course.writesOther()) {
                endIfUnchanged(intent, e);
            }
            throw e;
        }
    }

    private void endIfUnchanged(Debts.Intent intent, SessionException e) {
        if (e instanceof AmbiguousOutcomeException) {
            staging.debts().add(intent);
        } else {
            staging.debts().end(intent);
        }
    }

    private void bring(Operation operation, SecondWrites.Change change) {
        if (operation.course().writesOther()) {
            staging.secondWrites().bring(change, operation.course(), operation.use());
        }
    }

    // Shared state

    @Override
    public Map<String, SharedValue> findSharedState(SharedScope scope) {
        refuseReserved(scope.appName());
        return operate(
                scope.userId().orElse(""),
                operation -> stores.on(authority(operation.course(), scope)).findSharedState(scope));
    }

    private static StoreSide authority(Course course, SharedScope scope) {
        return scope.stateScope() == StateScope.APP ? course.appAuthority() : course.authority();
    }

    @Override
    public SharedStateOutcome storeSharedState(SharedScope scope, Map<String, SharedValue> values) {
        refuseReserved(scope.appName());
        return operate(scope.userId().orElse(""), operation -> {
            Course course = operation.course();
            Map<String, @Nullable Object> delta = delta(scope, values);
            Debts.Intent intent = begin(course, Owed.keyOf(scope), Optional.empty(), TouchedScopes.by(delta));
            SharedStateOutcome outcome = acknowledged(
                    course, intent, () -> stores.on(authority(course, scope)).storeSharedState(scope, values));
            bring(operation, new SecondWrites.Change(intent, null, delta));
            return outcome;
        });
    }

    /** What an event would have in it that writes these values. */
    private static Map<String, @Nullable Object> delta(SharedScope scope, Map<String, SharedValue> values) {
        Map<String, @Nullable Object> delta = new LinkedHashMap<>();
        values.forEach((name, value) -> delta.put(name, value.value()));
        return scope.stateScope().qualify(delta);
    }

    @Override
    public SharedScopePage scanSharedScopes(ScanCursor cursor, int limit) {
        return operate("", operation -> listing(operation.course()).scanSharedScopes(cursor, limit));
    }

    /** The view is the staged service's to close. */
    @Override
    public void close() {}

    @Override
    public String toString() {
        return "StagedView[" + channel + ", " + name() + "]";
    }
}
