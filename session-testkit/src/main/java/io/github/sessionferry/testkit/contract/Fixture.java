package io.github.sessionferry.testkit.contract;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.sessionferry.core.Capability;
import io.github.sessionferry.core.EventSelection;
import io.github.sessionferry.core.NewSession;
import io.github.sessionferry.core.ScanCursor;
import io.github.sessionferry.core.ScanPage;
import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionEvent;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SessionPage;
import io.github.sessionferry.core.SessionQuery;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.SessionSummary;
import io.github.sessionferry.core.SharedScope;
import io.github.sessionferry.core.SharedScopePage;
import io.github.sessionferry.core.StateValues;
import io.github.sessionferry.testkit.TestClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.function.Supplier;

/**
 * The store under test, and data for one test: applications, users and sessions that no other test uses. Not
 * thread-safe, but for what only calls the service.
 */
final class Fixture {

    /** When the sessions that the tests store were created. */
    static final Instant CREATED = Instant.parse("2026-01-05T10:00:00.123456Z");

    private static final int THREADS = 8;

    private final SessionService service;
    private final TestClock clock;
    private final boolean controlsTime;
    private final Set<Capability> declared;
    private final Consumer<Session> seed;
    private final Supplier<Optional<SessionService>> reopen;
    private final List<SessionService> opened = new ArrayList<>();
    private final String mark = UUID.randomUUID().toString().substring(0, 13);
    private int names;

    Fixture(
            SessionService service,
            TestClock clock,
            boolean controlsTime,
            Set<Capability> declared,
            Consumer<Session> seed,
            Supplier<Optional<SessionService>> reopen) {
        this.service = service;
        this.clock = clock;
        this.controlsTime = controlsTime;
        this.declared = declared;
        this.seed = seed;
        this.reopen = reopen;
        opened.add(service);
    }

    SessionService service() {
        return service;
    }

    Set<Capability> declared() {
        return declared;
    }

    boolean can(Capability capability) {
        return declared.contains(capability);
    }

    /** A second service on the same store, or the same one if there is no other. */
    SessionService secondService() {
        return reopen.get()
                .map(second -> {
                    opened.add(second);
                    return second;
                })
                .orElse(service);
    }

    void close() {
        opened.forEach(SessionService::close);
    }

    /** Now, by the clock that the store goes by. */
    Instant now() {
        return StateValues.toMicros(controlsTime ? clock.instant() : Instant.now());
    }

    boolean controlsTime() {
        return controlsTime;
    }

    /** Moves time, or skips the test where that cannot be done. */
    void advance(Duration step) {
        assumeTrue(controlsTime, "the store's clock cannot be moved");
        clock.advance(step);
    }

    /** A name that nobody else uses. */
    String newName(String prefix) {
        return prefix + "-" + mark + "-" + ++names;
    }

    /** A key in an application and of a user that nobody else uses. */
    SessionKey newKey() {
        return new SessionKey(newName("app"), newName("user"), newName("session"));
    }

    /** Another session of the same user. */
    SessionKey sibling(SessionKey key) {
        return new SessionKey(key.appName(), key.userId(), newName("session"));
    }

    /** The session with the same id of another user. */
    SessionKey ofOtherUser(SessionKey key) {
        return new SessionKey(key.appName(), newName("user"), key.sessionId());
    }

    /** The session with the same id of the same user in another application. */
    SessionKey inOtherApp(SessionKey key) {
        return new SessionKey(newName("app"), key.userId(), key.sessionId());
    }

    Session create(SessionKey key) {
        return create(key, Map.of());
    }

    Session create(SessionKey key, Map<String, ?> state) {
        return service.create(NewSession.builder(key).state(state).build());
    }

    /** A session with state, and two events if the store keeps events. */
    Session sample(SessionKey key) {
        return session(key)
                .state(Map.of("topic", "ferries", "turns", 2L))
                .events(eventsIfKept(event("e1", 1), event("e2", 2)))
                .build();
    }

    Session.Builder session(SessionKey key) {
        return Session.builder(key, CREATED.plusSeconds(60)).createTime(CREATED);
    }

    List<SessionEvent> eventsIfKept(SessionEvent... events) {
        return can(Capability.EVENTS) ? List.of(events) : List.of();
    }

    /** An event so many seconds after the creation of the sessions that the tests store. */
    SessionEvent event(String id, int second) {
        return eventAt(id, CREATED.plusSeconds(second)).build();
    }

    SessionEvent.Builder eventAt(String id, Instant time) {
        return SessionEvent.builder(id, "user", time)
                .invocationId("invocation-" + id)
                .content(Map.of("role", "user", "parts", List.of(Map.of("text", "what " + id + " says"))));
    }

    SessionEvent changing(String id, int second, Map<String, ?> stateDelta) {
        return eventAt(id, CREATED.plusSeconds(second)).stateDelta(stateDelta).build();
    }

    Session seeded(Session session) {
        seed.accept(session);
        return session;
    }

    Session found(SessionKey key) {
        Optional<Session> found = service.find(key, EventSelection.all());
        assertThat(found).as("the session").isPresent();
        return found.orElseThrow();
    }

    Optional<Session> find(SessionKey key) {
        return service.find(key, EventSelection.all());
    }

    /** All pages of a list. */
    List<SessionKey> listed(SessionQuery query, int limit) {
        List<SessionKey> keys = new ArrayList<>();
        Optional<ScanCursor> next = Optional.of(ScanCursor.START);
        while (next.isPresent()) {
            SessionPage page = service.list(query, next.get(), limit);
            assertThat(page.sessions()).hasSizeLessThanOrEqualTo(limit);
            page.sessions().stream().map(SessionSummary::key).forEach(keys::add);
            next = page.next();
        }
        return keys;
    }

    /** All pages of a partition, without the sessions of other tests. */
    List<SessionKey> scanned(ScanCursor partition, int limit, Set<SessionKey> mine) {
        List<SessionKey> keys = new ArrayList<>();
        Optional<ScanCursor> next = Optional.of(partition);
        while (next.isPresent()) {
            ScanPage page = service.scan(next.get(), limit);
            assertThat(page.sessions()).hasSizeLessThanOrEqualTo(limit);
            page.sessions().stream()
                    .map(SessionSummary::key)
                    .filter(mine::contains)
                    .forEach(keys::add);
            next = page.next();
        }
        return keys;
    }

    /** All pages of the shared scopes of some applications. */
    List<SharedScope> scannedScopes(int limit, Set<String> appNames) {
        List<SharedScope> scopes = new ArrayList<>();
        Optional<ScanCursor> next = Optional.of(ScanCursor.START);
        while (next.isPresent()) {
            SharedScopePage page = service.scanSharedScopes(next.get(), limit);
            assertThat(page.scopes()).hasSizeLessThanOrEqualTo(limit);
            page.scopes().stream()
                    .filter(scope -> appNames.contains(scope.appName()))
                    .forEach(scopes::add);
            next = page.next();
        }
        return scopes;
    }

    /** Runs an action on several threads that begin at the same time, and gives what each of them returned. */
    <T> List<T> inParallel(IntFunction<T> action) {
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            CyclicBarrier start = new CyclicBarrier(THREADS);
            List<Future<T>> running = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                int thread = i;
                Callable<T> task = () -> {
                    start.await(60, SECONDS);
                    return action.apply(thread);
                };
                running.add(threads.submit(task));
            }
            List<T> results = new ArrayList<>();
            for (Future<T> result : running) {
                results.add(result.get(120, SECONDS));
            }
            return results;
        } catch (Exception e) {
            throw new AssertionError("a call at the same time as others failed", e);
        } finally {
            threads.shutdownNow();
        }
    }
}
