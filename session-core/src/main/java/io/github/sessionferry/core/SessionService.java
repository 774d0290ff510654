package io.github.sessionferry.core;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * A store of sessions.
 *
 * <p>Every store keeps the same promises, so that whoever moves sessions need not know which store it talks to; what a
 * store cannot do it says in its {@link #capabilities()}.
 *
 * <ul>
 *   <li><b>Absent is not failed.</b> An empty answer means that the store was asked and has no such session. Everything
 *       else throws a {@link SessionException}.
 *   <li><b>Ends.</b> No remote call goes without a deadline, the store's operation timeout. A read that gets no answer
 *       throws {@link SessionErrorCode#UNAVAILABLE}.
 *   <li><b>No guess.</b> A change whose outcome is unknown is looked up. Where looking does not tell, an
 *       {@link AmbiguousOutcomeException} is thrown. Every other exception means that nothing was changed, but for
 *       {@link #store} and {@link #storeSharedState}, which may have done a part and complete it when called again.
 *   <li><b>Read your writes.</b> A read sees every change that was acknowledged before it began, whoever made it.
 *   <li><b>Equal in, equal out.</b> Ids, values with their types, and times to the microsecond come back as they were
 *       given, whatever the store's own types are; or the write is refused with
 *       {@link SessionErrorCode#INVALID_SESSION}.
 *   <li><b>Nobody else's.</b> A key finds the session of that application and user only, whoever else uses the same
 *       session id.
 *   <li><b>Bounded.</b> Lists and scans are paged, and no call holds more than a page, or one session, in memory.
 * </ul>
 *
 * <p>Calls block and are meant for virtual threads where the JVM has them. An interrupted call throws
 * {@link SessionErrorCode#UNAVAILABLE}, or {@link SessionErrorCode#AMBIGUOUS} if it was changing something, with the
 * thread's interrupt status set.
 *
 * <p>Thread-safe.
 *
 * @implSpec The abstract suite {@code SessionServiceContract} of the testkit states these promises as tests; its rule
 *     ids are listed in {@code docs/contract.md}.
 * @since 0.1
 */
public interface SessionService extends AutoCloseable {

    /**
     * Names the store for logs and reports.
     *
     * @return the kind of store and where it is, such as {@code firestore:my-project/(default)}; no secrets
     */
    String name();

    /**
     * Tells what the store can do.
     *
     * @return the capabilities; unmodifiable, always the same
     */
    Set<Capability> capabilities();

    /**
     * Creates a session.
     *
     * <p>The first state is split by scope: shared keys are set for all sessions of the application or user,
     * {@code temp:} keys are dropped.
     *
     * @param request what to create
     * @return the session as it now stands, with its id, times and the shared state that it sees
     * @throws SessionAlreadyExistsException if there is such a session; it is not changed
     * @throws SessionException as the type says
     */
    Session create(NewSession request);

    /**
     * Finds a session.
     *
     * @param key which session
     * @param events which of its events to bring
     * @return the session, or empty if it does not exist or has expired
     * @throws SessionException {@link SessionErrorCode#CORRUPT} if what is stored cannot be read, otherwise as the type
     *     says
     */
    Optional<Session> find(SessionKey key, EventSelection events);

    /**
     * Finds several sessions.
     *
     * @implSpec This default asks for one after the other; a store with a batched read overrides it.
     * @param keys which sessions
     * @param events which of their events to bring
     * @return those that exist, by key
     * @throws SessionException as {@link #find}; then nothing is known of any of them
     */
    default Map<SessionKey, Session> findAll(Collection<SessionKey> keys, EventSelection events) {
        Map<SessionKey, Session> found = new LinkedHashMap<>();
        for (SessionKey key : keys) {
            find(key, events).ifPresent(session -> found.put(key, session));
        }
        return found;
    }

    /**
     * Lists sessions of an application or a user.
     *
     * @param query whose sessions
     * @param cursor where to begin: {@link ScanCursor#START}, or {@link SessionPage#next()} of the page before
     * @param limit how many sessions at most; at least 1
     * @return a page, each session that stands throughout exactly once over all pages
     * @throws SessionException as the type says; never a page that is short because of a failure
     */
    SessionPage list(SessionQuery query, ScanCursor cursor, int limit);

    /**
     * Appends an event and applies its state delta, both or neither.
     *
     * <p>The delta is split by scope; {@code temp:} keys change no state. The event is kept as it is given. The
     * session's update time becomes the event's timestamp if that is later.
     *
     * <p>Appending an event that the session already has – one with this id at this timestamp – changes nothing, so an
     * append may be repeated after any failure. Stores with {@link Capability#ATOMIC_APPEND} keep that promise also for
     * appends at the same time. A caller never gives the id of one event to another; a store may refuse that with
     * {@link SessionErrorCode#INVALID_SESSION}, or not notice it.
     *
     * @param key which session
     * @param event the event
     * @return whether it was appended now or had been before
     * @throws SessionNotFoundException if there is no such session
     * @throws SessionException as the type says
     */
    AppendOutcome append(SessionKey key, SessionEvent event);

    /**
     * Deletes a session with all its events. Shared state stays.
     *
     * @param key which session
     * @param precondition what must hold; {@link Precondition#absent()} makes no sense here
     * @return whether it was deleted, was not there, or stands because the precondition did not hold
     * @throws SessionException as the type says
     */
    DeleteOutcome delete(SessionKey key, Precondition precondition);

    /**
     * Divides a scan of all sessions into parts that can be scanned at the same time.
     *
     * @param atMost how many parts at most; at least 1
     * @return where each part begins; together they hold every session, no two the same one
     * @throws SessionException as the type says
     */
    default List<ScanCursor> scanPartitions(int atMost) {
        return List.of(ScanCursor.START);
    }

    /**
     * Scans the keys of all sessions, of every application and user.
     *
     * <p>Over all pages of all partitions, each session that stands throughout the scan comes exactly once. Sessions
     * that come or go meanwhile may be met or not. A record that is no readable session is told as such, and the scan
     * goes on.
     *
     * @param cursor the beginning of a partition, or {@link ScanPage#next()} of the page before
     * @param limit how many sessions at most; at least 1
     * @return a page
     * @throws SessionException as the type says; never a page that is short because of a failure
     */
    ScanPage scan(ScanCursor cursor, int limit);

    /**
     * Makes the store hold a session with the ids, times and fields that it has.
     *
     * <p>Absent: it is created, whole. Present: its own state, times and fields become those given, and the events that
     * it lacks, by id, are added where their timestamps put them; events that only the store has stay. Shared state is
     * neither read nor changed: {@code app:}, {@code user:} and {@code temp:} keys of the state are ignored, and the
     * deltas of the events change no state.
     *
     * <p>Doing it again changes nothing more. After a failure part of it may be done; doing it again completes it. Until
     * then {@link Session#isComplete()} is false.
     *
     * @param session the session, with all its events
     * @param precondition what must hold in the store
     * @return what was done, or {@link StoreOutcome.Status#CONFLICT} if the precondition did not hold
     * @throws SessionException as the type says; {@link SessionErrorCode#INVALID_SESSION} before anything is changed
     */
    StoreOutcome store(Session session, Precondition precondition);

    /**
     * Makes the store hold several sessions.
     *
     * @implSpec This default stores one after the other; a store with batched writes overrides it.
     * @param requests sessions with different keys, each with its precondition
     * @return what became of each, in the same order; a failure of one is in its result and does not stop the others
     */
    default List<StoreResult> storeAll(List<StoreRequest> requests) {
        List<StoreResult> results = new ArrayList<>(requests.size());
        for (StoreRequest request : requests) {
            SessionKey key = request.session().key();
            try {
                results.add(StoreResult.of(key, store(request.session(), request.precondition())));
            } catch (SessionException e) {
                results.add(StoreResult.failed(key, e));
            }
        }
        return results;
    }

    /**
     * Tells what {@link #store} would make of a session that this store does not have. Writes nothing and calls nobody.
     *
     * @implSpec This default is for a store that keeps every session as it is and has no quota.
     * @param session the session, with all its events
     * @return what is to be expected
     * @throws SessionException {@link SessionErrorCode#INVALID_SESSION} if {@link #store} would refuse it
     */
    default StoreRehearsal rehearse(Session session) {
        return StoreRehearsal.PLAIN;
    }

    /**
     * Tells how many sessions are best given to {@link #findAll} and {@link #storeAll} at once. Calls nobody.
     *
     * @implSpec This default is for a store that takes one after the other.
     * @return the number; at least 1, and small enough that so many sessions are held in memory without harm
     */
    default int batchSize() {
        return 1;
    }

    /**
     * Finds the state that the sessions of an application or a user share.
     *
     * <p>A store that has copies of it in single sessions tells with each value the copies that are
     * {@linkplain SharedValue#overruledCopies() overruled}.
     *
     * @param scope whose state
     * @return values by key, keys without prefix; empty if there are none
     * @throws SessionException as the type says
     */
    Map<String, SharedValue> findSharedState(SharedScope scope);

    /**
     * Writes shared state, the newest value winning.
     *
     * <p>Key by key: a value is written if the store has none, or one that is known to be older. A value of which that
     * is not known stays and is told as {@linkplain SharedStateOutcome#kept() kept}. Keys that are not given stay.
     *
     * <p>A value that {@linkplain SharedValue#replaces() replaces} is written over any other, whatever the times; the
     * store then tells its time, or that of the write if it has none. A {@linkplain SharedValue#removal() removal} takes
     * the key away; where there is none it is told as unchanged.
     *
     * @param scope whose state
     * @param values values by key, keys without prefix
     * @return what was done with each key
     * @throws SessionException as the type says
     */
    SharedStateOutcome storeSharedState(SharedScope scope, Map<String, SharedValue> values);

    /**
     * Scans the scopes that hold shared state.
     *
     * <p>Over all pages, each scope that holds a value throughout the scan comes at least once. Where a store cannot
     * enumerate them it tells the scopes of its sessions.
     *
     * @param cursor {@link ScanCursor#START}, or {@link SharedScopePage#next()} of the page before
     * @param limit how many scopes at most; at least 2
     * @return a page
     * @throws SessionException as the type says; never a page that is short because of a failure
     */
    SharedScopePage scanSharedScopes(ScanCursor cursor, int limit);

    /**
     * A view of this store for bulk work beside live traffic: every remote call that it makes, a repeated one included,
     * waits until the store's quota, less a reserve for everybody else, has room for it. That wait is not counted
     * towards a deadline. A call that the store refuses nevertheless because there were too many is made again, later
     * and slower, before {@link SessionErrorCode#RATE_LIMITED} is thrown.
     *
     * <p>The view is this store otherwise: it shares the connection, ends with it, and is not to be closed. Each view
     * keeps to the quota by itself: two that are used at the same time take twice as much.
     *
     * @implSpec This default is for a store without a quota, which is its own view.
     * @param reserve the part of the quota that is left alone; at least 0 and less than 1
     * @return the view
     * @throws IllegalArgumentException if the reserve is out of bounds
     */
    default SessionService forBulkWork(double reserve) {
        if (!(reserve >= 0 && reserve < 1)) {
            throw new IllegalArgumentException("reserve is " + reserve + "; it must be at least 0 and less than 1");
        }
        return this;
    }

    /**
     * Tells which calls a {@linkplain #forBulkWork view for bulk work} keeps to which quota, and how far it is used.
     * Calls nobody.
     *
     * @return one for each kind of call that has a quota; empty if this is no such view, or the store has no quota
     */
    default List<CallQuota> quotas() {
        return List.of();
    }

    /**
     * Estimates how many sessions there are, if the store can tell without reading them all.
     *
     * @return the number, expired sessions and unreadable records perhaps included; empty if the store cannot tell
     * @throws SessionException as the type says
     */
    default OptionalLong estimatedSessions() {
        return OptionalLong.empty();
    }

    /**
     * Lets go of connections and threads. Calls after it throw {@link SessionErrorCode#CLOSED}; closing again does
     * nothing.
     */
    @Override
    void close();
}
