package io.github.sessionferry.adk;

import static java.util.Objects.requireNonNull;

import com.google.adk.events.Event;
import com.google.adk.sessions.BaseSessionService;
import com.google.adk.sessions.GetSessionConfig;
import com.google.adk.sessions.ListEventsResponse;
import com.google.adk.sessions.ListSessionsResponse;
import com.google.adk.sessions.Session;
import com.google.adk.sessions.SessionException;
import com.google.adk.sessions.SessionNotFoundException;
import io.github.sessionferry.core.AppendOutcome;
import io.github.sessionferry.core.EventSelection;
import io.github.sessionferry.core.NewSession;
import io.github.sessionferry.core.Precondition;
import io.github.sessionferry.core.ScanCursor;
import io.github.sessionferry.core.SessionEvent;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SessionPage;
import io.github.sessionferry.core.SessionQuery;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.SessionSummary;
import io.github.sessionferry.core.rollout.Channel;
import io.github.sessionferry.core.rollout.SessionRouter;
import io.reactivex.rxjava3.core.Completable;
import io.reactivex.rxjava3.core.Maybe;
import io.reactivex.rxjava3.core.Scheduler;
import io.reactivex.rxjava3.core.Single;
import io.reactivex.rxjava3.schedulers.Schedulers;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The session service of an agent on the Agent Development Kit, over any store of this library, a router or a staged service
 * included: that is asked at each call who serves the user.
 *
 * <pre>{@code
 * Runner runner = Runner.builder()
 *         .agent(agent)
 *         .appName("shop")
 *         .artifactService(artifacts)
 *         .sessionService(SessionFerryService.over(store))
 *         .build();
 * }</pre>
 *
 * <ul>
 *   <li><b>Lazy.</b> Nothing is done before somebody subscribes. The store is called on a thread of the scheduler, never on
 *       the subscriber's.
 *   <li><b>No failure is lost.</b> Every failure arrives as {@code onError}: that of the store as ADK's
 *       {@link SessionException} – {@link SessionNotFoundException} if there is no such session – with the store's own
 *       {@link io.github.sessionferry.core.SessionException} as its cause, which says whether to try again.
 *   <li><b>Whole.</b> Every field of an event that ADK writes into its JSON is stored, and fields of a stored event that ADK
 *       for Java does not know stay in the store. ADK's times are in milliseconds: a stored time is cut to them in the event
 *       that ADK gets, not in the store.
 *   <li><b>State.</b> {@code app:} and {@code user:} keys are shared as the store shares them and stand merged in every
 *       session that is read. Keys with {@code temp:} are not stored, neither in the state nor in the event.
 *       {@link com.google.adk.sessions.State#REMOVED} removes a key. ADK's state holds no nulls: a key whose stored value is
 *       null is absent there. Whole numbers come back as {@link Integer} if they fit, else as {@link Long}, as ADK's JSON
 *       reads them. A value that is no {@linkplain io.github.sessionferry.core.StateValues state value}, such as an object
 *       of the application, is stored as ADK writes it as JSON.
 * </ul>
 *
 * <p>The store stays its owner's, who closes it after the last use of this service.
 *
 * <p>Thread-safe. A {@link Session} that is given to {@link #appendEvent} is changed by the thread that has stored the event.
 *
 * @since 0.1
 */
public final class SessionFerryService implements BaseSessionService {

    private static final int PAGE = 100;

    private final Function<String, SessionService> stores;
    private final Scheduler scheduler;

    private SessionFerryService(Function<String, SessionService> stores, Scheduler scheduler) {
        this.stores = stores;
        this.scheduler = scheduler;
    }

    /**
     * Makes a service that calls the store on {@link Schedulers#io()}.
     *
     * @param store where the sessions are
     * @return the service
     */
    public static SessionFerryService over(SessionService store) {
        return over(store, Schedulers.io());
    }

    /**
     * Makes a service that calls the store on threads of an executor, such as one with a thread for each task.
     *
     * @param store where the sessions are
     * @param executor runs the blocking calls; stays its owner's
     * @return the service
     */
    public static SessionFerryService over(SessionService store, Executor executor) {
        return over(store, Schedulers.from(requireNonNull(executor, "executor")));
    }

    /**
     * Makes a service that asks a router at each call which store serves the user, on {@link Schedulers#io()}.
     *
     * @param router picks the store
     * @param channel how the users of this service talk; {@link Channel#LIVE} for an agent that is run live
     * @return the service
     */
    public static SessionFerryService over(SessionRouter router, Channel channel) {
        return over(router, channel, Schedulers.io());
    }

    /**
     * Makes a service that asks a router at each call which store serves the user, on threads of an executor.
     *
     * @param router picks the store
     * @param channel how the users of this service talk; {@link Channel#LIVE} for an agent that is run live
     * @param executor runs the blocking calls; stays its owner's
     * @return the service
     */
    public static SessionFerryService over(SessionRouter router, Channel channel, Executor executor) {
        return over(router, channel, Schedulers.from(requireNonNull(executor, "executor")));
    }

    private static SessionFerryService over(SessionService store, Scheduler scheduler) {
        requireNonNull(store, "store");
        return new SessionFerryService(userId -> store, scheduler);
    }

    private static SessionFerryService over(SessionRouter router, Channel channel, Scheduler scheduler) {
        requireNonNull(router, "router");
        requireNonNull(channel, "channel");
        return new SessionFerryService(userId -> router.serviceFor(userId, channel), scheduler);
    }

    /**
     * Creates a session.
     *
     * @param appName the application; not empty
     * @param userId the user
     * @param state the first state; {@code null} for none
     * @param sessionId the session's id; {@code null} or blank for an id that the store makes
     * @return the session as it now stands
     * @deprecated as in ADK; use {@link #createSession(String, String, Map, String)}
     */
    @Deprecated
    @Override
    @SuppressWarnings("InlineMeSuggester") // its callers are ADK's
    public Single<Session> createSession(
            String appName, String userId, @Nullable ConcurrentMap<String, Object> state, @Nullable String sessionId) {
        return createSession(appName, userId, (Map<String, Object>) state, sessionId);
    }

    /**
     * Creates a session.
     *
     * @param appName the application; not empty
     * @param userId the user
     * @param state the first state, shared keys with their prefixes; {@code null} for none
     * @param sessionId the session's id, kept as it is; {@code null} or blank for an id that the store makes
     * @return the session as it now stands, shared state included; {@link SessionException} if there is such a session, which
     *     then is not changed
     */
    @Override
    public Single<Session> createSession(
            String appName, String userId, @Nullable Map<String, Object> state, @Nullable String sessionId) {
        return Single.fromCallable(() -> calling(() -> {
                    NewSession request = NewSession.builder(appName, userId)
                            .sessionId(sessionId == null || sessionId.isBlank() ? null : sessionId)
                            .state(AdkValues.newState(state))
                            .build();
                    return adkSession(stores.apply(userId).create(request), Stream.empty());
                }))
                .subscribeOn(scheduler);
    }

    /**
     * Finds a session.
     *
     * @param appName the application
     * @param userId the user; another user's session is never found
     * @param sessionId the session's id
     * @param config which events to bring: of the newest {@code numRecentEvents}, those not before {@code afterTimestamp};
     *     all if empty
     * @return the session, or empty if there is none
     */
    @Override
    public Maybe<Session> getSession(
            String appName, String userId, String sessionId, Optional<GetSessionConfig> config) {
        requireNonNull(config, "config");
        return Maybe.fromCallable(() -> calling(() -> found(new SessionKey(appName, userId, sessionId), config)))
                .subscribeOn(scheduler);
    }

    /**
     * Lists all sessions of a user.
     *
     * @param appName the application
     * @param userId the user
     * @return every session with its id and update time, without state and events
     */
    @Override
    public Single<ListSessionsResponse> listSessions(String appName, String userId) {
        return Single.fromCallable(() -> calling(() -> ListSessionsResponse.builder()
                        .sessions(listed(stores.apply(userId), SessionQuery.ofUser(appName, userId)))
                        .build()))
                .subscribeOn(scheduler);
    }

    /**
     * Deletes a session. Shared state stays. A session that is not there is as good as deleted, so a delete may be repeated.
     *
     * @param appName the application
     * @param userId the user; another user's session is never deleted
     * @param sessionId the session's id
     * @return completes when the session is gone
     */
    @Override
    public Completable deleteSession(String appName, String userId, String sessionId) {
        return Completable.fromAction(() -> {
                    var unused = calling(() -> stores.apply(userId)
                            .delete(new SessionKey(appName, userId, sessionId), Precondition.none()));
                })
                .subscribeOn(scheduler);
    }

    /**
     * Lists all events of a session.
     *
     * @param appName the application
     * @param userId the user
     * @param sessionId the session's id
     * @return every event, oldest first, in one page; {@link SessionNotFoundException} if there is no such session
     */
    @Override
    public Single<ListEventsResponse> listEvents(String appName, String userId, String sessionId) {
        return Single.fromCallable(() -> calling(() -> {
                    SessionKey key = new SessionKey(appName, userId, sessionId);
                    SessionService store = stores.apply(userId);
                    io.github.sessionferry.core.Session session = store.find(key, EventSelection.all())
                            .orElseThrow(() ->
                                    new io.github.sessionferry.core.SessionNotFoundException(key, store.name(), null));
                    return ListEventsResponse.builder()
                            .events(adkEvents(key, session.events().stream()))
                            .build();
                }))
                .subscribeOn(scheduler);
    }

    /**
     * Appends an event, applies its state delta, and brings the given session object up to date: first the store, then the
     * object, so that an object never shows what is not stored.
     *
     * <p>A partial event is answered as it is and changes nothing. An event without an id gets one. An append may be repeated
     * after any failure: an event that is there already is not added again, neither in the store nor in the object.
     *
     * @param session the caller's session; its state, events and update time are changed
     * @param event the event
     * @return the same event; {@link SessionNotFoundException} if there is no such session
     */
    @Override
    public Single<Event> appendEvent(Session session, Event event) {
        requireNonNull(session, "session");
        requireNonNull(event, "event");
        if (event.partial().orElse(false)) {
            return Single.just(event);
        }
        return Single.fromCallable(() -> calling(() -> append(session, event))).subscribeOn(scheduler);
    }

    private Event append(Session session, Event event) {
        if (event.id() == null || event.id().isEmpty()) {
            event.setId(Event.generateEventId());
        }
        SessionKey key = new SessionKey(session.appName(), session.userId(), session.id());
        AppendOutcome outcome = stores.apply(key.userId()).append(key, AdkEvents.stored(event));
        if (outcome == AppendOutcome.APPENDED || !holds(session, event)) {
            Event unused = BaseSessionService.super.appendEvent(session, event).blockingGet();
            Instant time = Instant.ofEpochMilli(event.timestamp());
            if (session.lastUpdateTime() == null || session.lastUpdateTime().isBefore(time)) {
                session.lastUpdateTime(time);
            }
        }
        return event;
    }

    private static boolean holds(Session session, Event event) {
        List<Event> events = session.events();
        synchronized (events) {
            return events.stream().anyMatch(known -> event.id().equals(known.id()));
        }
    }

    private @Nullable Session found(SessionKey key, Optional<GetSessionConfig> config) {
        Optional<Integer> newest = config.flatMap(GetSessionConfig::numRecentEvents);
        Optional<Instant> since = config.flatMap(GetSessionConfig::afterTimestamp);
        return stores.apply(key.userId())
                .find(key, selection(newest, since))
                .map(session -> adkSession(
                        session,
                        session.events().stream()
                                .filter(event ->
                                        since.isEmpty() || !event.timestamp().isBefore(since.get()))))
                .orElse(null);
    }

    private static EventSelection selection(Optional<Integer> newest, Optional<Instant> since) {
        if (newest.isPresent()) {
            return newest.get() == 0 ? EventSelection.none() : EventSelection.last(newest.get());
        }
        return since.map(EventSelection::since).orElseGet(EventSelection::all);
    }

    private static List<Session> listed(SessionService store, SessionQuery query) {
        List<Session> sessions = new ArrayList<>();
        Optional<ScanCursor> cursor = Optional.of(ScanCursor.START);
        while (cursor.isPresent()) {
            SessionPage page = store.list(query, cursor.get(), PAGE);
            for (SessionSummary summary : page.sessions()) {
                sessions.add(adkSession(summary.key(), summary.updateTime()).build());
            }
            cursor = page.next();
        }
        return sessions;
    }

    private static Session adkSession(io.github.sessionferry.core.Session session, Stream<SessionEvent> events) {
        return adkSession(session.key(), session.updateTime())
                .state(AdkValues.adkState(session.state()))
                .events(adkEvents(session.key(), events))
                .build();
    }

    private static Session.Builder adkSession(SessionKey key, Instant updateTime) {
        return Session.builder(key.sessionId())
                .appName(key.appName())
                .userId(key.userId())
                .lastUpdateTime(updateTime);
    }

    private static List<Event> adkEvents(SessionKey key, Stream<SessionEvent> events) {
        List<Event> adkEvents = new ArrayList<>();
        events.forEach(event -> adkEvents.add(AdkEvents.event(key, event)));
        return adkEvents;
    }

    private static <T extends @Nullable Object> T calling(Supplier<T> call) {
        try {
            return call.get();
        } catch (io.github.sessionferry.core.SessionNotFoundException e) {
            throw new SessionNotFoundException(e.getMessage(), e);
        } catch (io.github.sessionferry.core.SessionException e) {
            throw new SessionException(e.getMessage(), e);
        }
    }
}
