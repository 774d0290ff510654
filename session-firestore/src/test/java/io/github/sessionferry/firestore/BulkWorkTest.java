package io.github.sessionferry.firestore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.sessionferry.core.CallQuota;
import io.github.sessionferry.core.EventSelection;
import io.github.sessionferry.core.Precondition;
import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionErrorCode;
import io.github.sessionferry.core.SessionEvent;
import io.github.sessionferry.core.SessionException;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.SessionStores;
import io.github.sessionferry.core.quota.PacingTime;
import io.github.sessionferry.testkit.firestore.FakeFirestore;
import io.github.sessionferry.testkit.grpc.GrpcFaults;
import io.grpc.Status;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Bulk work fills collections slowly at first, on a time that only moves while somebody waits for their turn. */
class BulkWorkTest {

    private static final Instant NOW = Instant.parse("2026-01-05T10:00:00.123456Z");

    private final GrpcFaults faults = GrpcFaults.seeded(7);
    private final FakeFirestore fake = FakeFirestore.builder().faults(faults).start();
    private final AtomicLong nanos = new AtomicLong();

    private final PacingTime time = new PacingTime() {
        @Override
        public long nanoTime() {
            return nanos.get();
        }

        @Override
        public void sleep(Duration wait) throws InterruptedException {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            long unused = nanos.addAndGet(wait.toNanos());
        }
    };

    private final FirestoreSessionService store = FirestoreSessionService.builder(
                    TestStores.options(fake.endpoint(), "bulk"))
            .ramp(true)
            .pacingTime(time)
            .build();
    private final SessionService view = store.forBulkWork(0.3);

    @AfterEach
    void close() {
        store.close();
        fake.close();
    }

    private static Session session(int number, int events) {
        return Session.builder(new SessionKey("shop", "ada", "s" + number), NOW)
                .events(IntStream.range(0, events)
                        .mapToObj(i -> SessionEvent.builder("e" + i, "user", NOW.plusSeconds(i))
                                .build())
                        .toList())
                .build();
    }

    private Duration elapsed() {
        return Duration.ofNanos(nanos.get());
    }

    private CallQuota quota() {
        return view.quotas().get(0);
    }

    @Test
    void store_documentByDocument_keepsToTheFirstStepLessTheReserve() {
        for (int i = 0; i < 20; i++) {
            view.store(session(i, 99), Precondition.absent());
        }

        assertThat(quota().kind()).isEqualTo("documents written");
        assertThat(quota().perMinute()).isEqualTo(21_000);
        assertThat(quota().made()).isEqualTo(2_000);
        assertThat(elapsed()).isCloseTo(Duration.ofMillis(1_900 * 1_000 / 350), Duration.ofMillis(10));
    }

    @Test
    void store_laterOn_growsByHalfEveryFiveMinutes() {
        view.store(session(0, 0), Precondition.absent());

        nanos.addAndGet(Duration.ofMinutes(5).toNanos());
        assertThat(quota().perMinute()).isEqualTo(31_500);
        nanos.addAndGet(Duration.ofMinutes(5).toNanos());
        assertThat(quota().perMinute()).isEqualTo(47_250);
    }

    @Test
    void store_liveWork_isNotHeldBack() {
        for (int i = 0; i < 5; i++) {
            store.store(session(i, 400), Precondition.absent());
        }

        assertThat(elapsed()).isZero();
        assertThat(store.quotas()).isEmpty();
    }

    @Test
    void store_refused_isMadeAgainLaterAndSlower() {
        faults.on("Commit").times(1).failBefore(Status.RESOURCE_EXHAUSTED);

        view.store(session(0, 3), Precondition.absent());

        assertThat(elapsed()).isEqualTo(Duration.ofSeconds(10));
        assertThat(quota().made()).isEqualTo(8);
        assertThat(quota().refused()).isEqualTo(1);
        assertThat(quota().ratePerMinute()).isEqualTo(21_000 * 0.75);
        assertThat(store.find(session(0, 3).key(), EventSelection.all())
                        .orElseThrow()
                        .events())
                .hasSize(3);
    }

    @Test
    void store_alwaysRefused_isToldInTheEnd() {
        faults.on("Commit").failBefore(Status.RESOURCE_EXHAUSTED);

        SessionException failure =
                catchThrowableOfType(SessionException.class, () -> view.store(session(0, 3), Precondition.absent()));

        assertThat(failure.code()).isEqualTo(SessionErrorCode.RATE_LIMITED);
        assertThat(quota().refused()).isEqualTo(10);
        faults.clear();
        assertThat(store.find(session(0, 3).key(), EventSelection.all())).isEmpty();
    }

    @Test
    void store_interruptedWhileItWaits_saysSoAndWritesNothing() {
        PacingTime interrupting = new PacingTime() {
            @Override
            public long nanoTime() {
                return 0;
            }

            @Override
            public void sleep(Duration wait) throws InterruptedException {
                throw new InterruptedException();
            }
        };
        try (FirestoreSessionService other = FirestoreSessionService.builder(
                        TestStores.options(fake.endpoint(), "bulk"))
                .ramp(true)
                .pacingTime(interrupting)
                .build()) {
            SessionService waiting = other.forBulkWork(0);
            waiting.store(session(1, 0), Precondition.absent());

            SessionException failure = catchThrowableOfType(
                    SessionException.class, () -> waiting.store(session(2, 0), Precondition.absent()));

            assertThat(Thread.interrupted()).isTrue();
            assertThat(failure.code()).isEqualTo(SessionErrorCode.UNAVAILABLE);
        }
        assertThat(store.find(session(2, 0).key(), EventSelection.all())).isEmpty();
    }

    @Test
    void close_ofTheView_leavesTheStoreOpen() {
        view.close();
        assertThat(store.estimatedSessions()).hasValue(0);

        store.close();
        assertThat(catchThrowableOfType(SessionException.class, view::estimatedSessions)
                        .code())
                .isEqualTo(SessionErrorCode.CLOSED);
    }

    @Test
    void estimatedSessions_isTheNumberOfDocuments() {
        store.store(session(0, 3), Precondition.absent());
        store.store(session(1, 2), Precondition.absent());

        assertThat(view.estimatedSessions()).hasValue(2);
    }

    @Test
    void open_atAnEmulator_hasNoRampUnlessAskedFor() {
        String address = "firestore://demo?emulator=" + fake.endpoint();
        try (SessionService emulator = SessionStores.open(address);
                SessionService slow = SessionStores.open(address + "&ramp=true")) {
            assertThat(emulator.forBulkWork(0.3)).isSameAs(emulator);
            assertThat(slow.forBulkWork(0).quotas())
                    .extracting(CallQuota::perMinute)
                    .containsExactly(30_000.0);
        }
        assertThatIllegalArgumentException().isThrownBy(() -> SessionStores.open(address + "&ramp=steep"));
    }
}
