package io.github.sessionferry.vertex;

import static io.github.sessionferry.vertex.EngineFixture.KEY;
import static io.github.sessionferry.vertex.EngineFixture.event;
import static io.github.sessionferry.vertex.EngineFixture.session;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.tuple;

import io.github.sessionferry.core.CallQuota;
import io.github.sessionferry.core.EventSelection;
import io.github.sessionferry.core.NewSession;
import io.github.sessionferry.core.Precondition;
import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionErrorCode;
import io.github.sessionferry.core.SessionException;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.StoreOutcome;
import io.github.sessionferry.core.StoreUri;
import io.github.sessionferry.core.quota.PacingTime;
import io.github.sessionferry.testkit.TestClock;
import io.github.sessionferry.testkit.agentengine.FakeAgentEngine;
import io.github.sessionferry.testkit.agentengine.Quotas;
import io.grpc.Status;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Bulk work keeps to the quota, call by call, on a time that only moves while somebody waits for their turn. */
class BulkWorkTest {

    private static final Instant START = Instant.parse("2026-03-01T08:00:00Z");
    /** The time that a few reads take at their quota. */
    private static final Duration MOMENT = Duration.ofMillis(100);

    private static final AgentEngineQuotas PUBLISHED = AgentEngineQuotas.published();

    /** While one thread moves the time to its turn, the calls of the others under way must not come to their deadline. */
    private static final Duration LONGER_THAN_OTHERS_WAIT = Duration.ofHours(1);

    private final TestClock clock = TestClock.at(START);
    private final FakeAgentEngine engine =
            FakeAgentEngine.builder().clock(clock).quotas(Quotas.published()).start();
    private final List<SessionService> opened = new ArrayList<>();

    private final PacingTime time = new PacingTime() {
        @Override
        public long nanoTime() {
            return elapsed().toNanos();
        }

        @Override
        public void sleep(Duration wait) throws InterruptedException {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            clock.advance(wait);
        }
    };

    private Duration elapsed() {
        return Duration.between(START, clock.instant());
    }

    private VertexAiSessionService open(AgentEngineQuotas quotas) {
        return open(quotas, Duration.ofSeconds(5));
    }

    private VertexAiSessionService open(AgentEngineQuotas quotas, Duration timeout) {
        VertexAiSessionService service = Engines.connect(engine)
                .clock(clock)
                .quotas(quotas)
                .pacingTime(time)
                .timeout(timeout)
                .build();
        opened.add(service);
        return service;
    }

    private SessionService view(AgentEngineQuotas quotas, double reserve) {
        return open(quotas).forBulkWork(reserve);
    }

    @AfterEach
    void close() {
        opened.forEach(SessionService::close);
        engine.close();
    }

    @Test
    void store_manyCalls_keepToTheQuotaLessTheReserve() {
        SessionService view = view(PUBLISHED, 0.3);

        for (int i = 0; i < 20; i++) {
            view.store(session(new SessionKey("4711", "ana", "s" + i), 10), Precondition.absent());
        }

        assertThat(elapsed()).isCloseTo(Duration.ofSeconds(199 * 60 / 210), Duration.ofSeconds(1));
        assertThat(view.quotas())
                .extracting(CallQuota::kind, CallQuota::perMinute, CallQuota::made, CallQuota::refused)
                .containsExactly(
                        tuple("session writes", 70.0, 20L, 0L),
                        tuple("events appended", 210.0, 200L, 0L),
                        tuple("reads", 7_000.0, reads(), 0L));
    }

    private long reads() {
        return engine.calls("GetSession") + engine.calls("ListEvents") + engine.calls("ListSessions");
    }

    @Test
    void store_turnsFartherApartThanTheTimeout_isNoFailure() {
        SessionService view = view(new AgentEngineQuotas(100, 6, 10_000), 0);

        StoreOutcome outcome = view.store(session(KEY, 20), Precondition.absent());

        assertThat(outcome.eventsAppended()).isEqualTo(20);
        assertThat(elapsed()).isCloseTo(Duration.ofSeconds(190), MOMENT);
    }

    @Test
    void store_readsFartherApartThanTheTimeout_isNoFailure() {
        SessionService view = view(new AgentEngineQuotas(100, 300, 6), 0);

        StoreOutcome outcome = view.store(session(KEY, 1), Precondition.absent());

        assertThat(outcome.status()).isEqualTo(StoreOutcome.Status.CREATED);
        assertThat(elapsed()).isGreaterThan(Duration.ofSeconds(15));
    }

    @Test
    void store_liveWork_isNotHeldBack() {
        VertexAiSessionService store = open(new AgentEngineQuotas(1, 1, 1));

        store.store(session(KEY, 20), Precondition.absent());

        assertThat(elapsed()).isZero();
        assertThat(store.quotas()).isEmpty();
    }

    @Test
    void append_refused_isMadeAgainWhenTheServerAllows() {
        SessionService view = view(PUBLISHED, 0);
        view.create(NewSession.builder(KEY).build());
        engine.setQuotas(new Quotas(100, 1, 10_000));
        view.append(KEY, event(1));

        view.append(KEY, event(2));

        assertThat(elapsed()).isCloseTo(Duration.ofMinutes(1), MOMENT);
        assertThat(engine.calls("AppendEvent")).isEqualTo(3);
        assertThat(quota(view, "events appended").refused()).isEqualTo(1);
        assertThat(quota(view, "events appended").ratePerMinute()).isEqualTo(225);
        assertThat(quota(view, "session writes").ratePerMinute()).isEqualTo(100);
    }

    private static CallQuota quota(SessionService view, String kind) {
        return view.quotas().stream()
                .filter(quota -> quota.kind().equals(kind))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void append_refusedOnTheWayBack_isThereOnce() {
        SessionService view = view(PUBLISHED, 0);
        view.create(NewSession.builder(KEY).build());
        engine.faults().on("AppendEvent").times(1).failAfter(Status.RESOURCE_EXHAUSTED);

        view.append(KEY, event(1));

        assertThat(engine.calls("AppendEvent")).isEqualTo(1);
        assertThat(view.find(KEY, EventSelection.all()).orElseThrow().events()).hasSize(1);
    }

    @Test
    void append_alwaysRefused_isToldInTheEnd() {
        SessionService view = view(PUBLISHED, 0);
        view.create(NewSession.builder(KEY).build());
        engine.faults().on("AppendEvent").failBefore(Status.RESOURCE_EXHAUSTED);

        SessionException failure = catchThrowableOfType(SessionException.class, () -> view.append(KEY, event(1)));

        assertThat(failure.code()).isEqualTo(SessionErrorCode.RATE_LIMITED);
        assertThat(engine.calls("AppendEvent")).isEqualTo(8);
        assertThat(elapsed()).isCloseTo(Duration.ofSeconds(70), MOMENT);
    }

    @Test
    void find_refused_isMadeAgainLater() {
        SessionService view = view(PUBLISHED, 0);
        engine.faults().on("GetSession").times(3).failBefore(Status.RESOURCE_EXHAUSTED);

        assertThat(view.find(KEY, EventSelection.all())).isEmpty();

        assertThat(elapsed()).isCloseTo(Duration.ofSeconds(30), MOMENT);
        assertThat(quota(view, "reads").refused()).isEqualTo(3);
    }

    @Test
    void find_refusedWhereNoQuotaIsStated_isMadeAgainLaterToo() {
        SessionService view = view(new AgentEngineQuotas(100, 300, AgentEngineQuotas.UNLIMITED), 0);
        engine.faults().on("GetSession").times(1).failBefore(Status.RESOURCE_EXHAUSTED);

        assertThat(view.find(KEY, EventSelection.all())).isEmpty();

        assertThat(elapsed()).isCloseTo(Duration.ofSeconds(10), MOMENT);
        assertThat(view.quotas()).extracting(CallQuota::kind).containsExactly("session writes", "events appended");
    }

    @Test
    void store_interruptedWhileItWaits_saysSo() {
        SessionService view = view(new AgentEngineQuotas(100, 300, 6), 0);
        view.find(KEY, EventSelection.all());

        Thread.currentThread().interrupt();
        SessionException failure =
                catchThrowableOfType(SessionException.class, () -> view.find(KEY, EventSelection.all()));

        assertThat(Thread.interrupted()).isTrue();
        assertThat(failure.code()).isEqualTo(SessionErrorCode.UNAVAILABLE);
    }

    @Test
    void store_quotaIsReallyHalfOfWhatIsBelieved_everythingArrivesOnceWithFewRefusals() throws Exception {
        engine.setQuotas(Quotas.published().times(0.5));
        SessionService view = open(PUBLISHED, LONGER_THAN_OTHERS_WAIT).forBulkWork(0);
        List<Session> sessions = IntStream.range(0, 150)
                .mapToObj(i -> session(new SessionKey("4711", "ana", "s" + i), 20))
                .toList();

        storeAll(view, sessions, 4);

        assertThat(sessions)
                .allSatisfy(session -> assertThat(found(session.key())).isEqualTo(session));
        assertThat(engine.calls("AppendEvent") - quota(view, "events appended").refused())
                .isEqualTo(150 * 20);
        assertThat((double) quota(view, "events appended").refused() / engine.calls("AppendEvent"))
                .isLessThan(0.02);
        assertThat(elapsed()).isLessThan(Duration.ofMinutes(40));
    }

    private Session found(SessionKey key) {
        engine.setQuotas(Quotas.unlimited());
        Session found = open(PUBLISHED).find(key, EventSelection.all()).orElseThrow();
        return found.toBuilder().revision(null).build();
    }

    private static void storeAll(SessionService view, List<Session> sessions, int threads) throws Exception {
        ExecutorService workers = Executors.newFixedThreadPool(threads);
        try {
            List<Future<StoreOutcome>> stored = new ArrayList<>();
            sessions.forEach(session -> stored.add(workers.submit(() -> view.store(session, Precondition.absent()))));
            for (Future<StoreOutcome> outcome : stored) {
                assertThat(outcome.get().status()).isEqualTo(StoreOutcome.Status.CREATED);
            }
        } finally {
            workers.shutdownNow();
        }
    }

    @Test
    void close_ofTheView_leavesTheStoreOpen() {
        VertexAiSessionService store = open(PUBLISHED);
        SessionService view = store.forBulkWork(0.3);

        view.close();
        assertThat(store.find(KEY, EventSelection.all())).isEmpty();

        store.close();
        assertThatThrownBy(() -> view.find(KEY, EventSelection.all()))
                .isInstanceOfSatisfying(
                        SessionException.class, e -> assertThat(e.code()).isEqualTo(SessionErrorCode.CLOSED));
    }

    @Test
    void forBulkWork_withoutQuotas_isTheStoreItself() {
        VertexAiSessionService store = open(AgentEngineQuotas.none());

        assertThat(store.forBulkWork(0.3)).isSameAs(store);
        assertThatIllegalArgumentException().isThrownBy(() -> store.forBulkWork(1));
    }

    @ParameterizedTest
    @CsvSource({
        "'', 100, 300, 10000",
        "?endpoint=psc.example:443, 100, 300, 10000",
        "?quota=published, 100, 300, 10000",
        "?quota.appends=30000&quota.writes=5000, 5000, 30000, 10000",
        "?quota=none, 9223372036854775807, 9223372036854775807, 9223372036854775807",
        "?endpoint=127.0.0.1:1&plaintext=true, 9223372036854775807, 9223372036854775807, 9223372036854775807",
        "?plaintext=true&quota.appends=3000, 9223372036854775807, 3000, 9223372036854775807",
        "?plaintext=true&quota=published, 100, 300, 10000"
    })
    void address_quotas_areThoseStatedOrPublished(String parameters, long writes, long appends, long reads) {
        StoreUri address = StoreUri.parse("agentengine://" + Engines.ENGINE + parameters);

        assertThat(VertexAiSessionStoreProvider.quotas(address))
                .isEqualTo(new AgentEngineQuotas(writes, appends, reads));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"quota=some", "quota.reads=0", "quota.writes=many", "quota=none&quota.reads=1", "quota.events=1"
            })
    void address_wrongQuota_isRefused(String parameter) {
        StoreUri address = StoreUri.parse("agentengine://" + Engines.ENGINE + "?plaintext=true&" + parameter);

        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> new VertexAiSessionStoreProvider().open(address).close())
                .withMessageContaining("quota");
    }

    @Test
    void builder_quotas_arePublishedUnlessPlaintextOrStated() {
        assertThat(VertexAiSessionService.builder(Engines.ENGINE).quotas()).isEqualTo(PUBLISHED);
        assertThat(VertexAiSessionService.builder(Engines.ENGINE)
                        .endpoint("localhost:1")
                        .plaintext(true)
                        .quotas())
                .isEqualTo(AgentEngineQuotas.none());
        assertThatIllegalArgumentException().isThrownBy(() -> new AgentEngineQuotas(0, 1, 1));
    }
}
