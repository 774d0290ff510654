package io.github.sessionferry.firestore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.sessionferry.core.AmbiguousOutcomeException;
import io.github.sessionferry.core.AppendOutcome;
import io.github.sessionferry.core.DeleteOutcome;
import io.github.sessionferry.core.EventSelection;
import io.github.sessionferry.core.NewSession;
import io.github.sessionferry.core.Precondition;
import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionAlreadyExistsException;
import io.github.sessionferry.core.SessionErrorCode;
import io.github.sessionferry.core.SessionEvent;
import io.github.sessionferry.core.SessionException;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SharedValue;
import io.github.sessionferry.core.StoreOutcome;
import io.github.sessionferry.testkit.firestore.FakeFirestore;
import io.github.sessionferry.testkit.grpc.GrpcFaults;
import io.grpc.Status;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Answers that get lost, and servers that fail or say nothing. */
class LostAnswersTest {

    private static final SessionKey KEY = new SessionKey("shop", "ada", "s1");
    private static final Instant NOW = Instant.parse("2026-01-05T10:00:00.123456Z");
    private static final Session SESSION = Session.builder(KEY, NOW)
            .state(Map.of("topic", "ferries"))
            .events(IntStream.range(0, 3).mapToObj(i -> event("e" + i)).toList())
            .build();

    private final GrpcFaults faults = GrpcFaults.seeded(7);
    private FakeFirestore fake;
    private FirestoreSessionService service;

    @BeforeEach
    void open() {
        fake = FakeFirestore.builder().faults(faults).start();
        service = TestStores.open(fake.endpoint(), "faults", Clock.systemUTC());
    }

    @AfterEach
    void close() {
        service.close();
        fake.close();
    }

    @Test
    void create_answerLost_isCreatedOnce() {
        faults.on("Commit").times(1).failAfter(Status.UNAVAILABLE);

        Session created =
                service.create(NewSession.builder(KEY).state(Map.of("a", 1L)).build());

        assertThat(created.state()).isEqualTo(Map.of("a", 1L));
        assertThat(service.find(KEY, EventSelection.all())).contains(created);
    }

    @Test
    void create_readFailsOnceAndTheSessionExists_isRefused() {
        service.create(NewSession.builder(KEY).build());
        faults.on("BatchGetDocuments").times(1).failBefore(Status.UNAVAILABLE);

        assertThatThrownBy(() -> service.create(NewSession.builder(KEY).build()))
                .isInstanceOf(SessionAlreadyExistsException.class);
    }

    @Test
    void append_answerLost_isAppendedOnce() {
        service.create(NewSession.builder(KEY).state(Map.of("user:n", 0L)).build());
        faults.on("Commit").times(1).failAfter(Status.INTERNAL);

        AppendOutcome outcome = service.append(KEY, event("e1"));

        assertThat(outcome).isEqualTo(AppendOutcome.APPENDED);
        assertThat(service.find(KEY, EventSelection.all()).orElseThrow().events())
                .containsExactly(event("e1"));
        assertThat(service.append(KEY, event("e1"))).isEqualTo(AppendOutcome.ALREADY_PRESENT);
    }

    @Test
    void delete_answerLost_isDeleted() {
        service.store(SESSION, Precondition.absent());
        faults.on("Commit").times(1).failAfter(Status.DEADLINE_EXCEEDED);

        assertThat(service.delete(KEY, Precondition.none())).isEqualTo(DeleteOutcome.DELETED);
        assertThat(service.find(KEY, EventSelection.none())).isEmpty();
    }

    @Test
    void store_answerLost_isCreated() {
        faults.on("Commit").times(1).failAfter(Status.UNAVAILABLE);

        assertThat(service.store(SESSION, Precondition.absent()))
                .isEqualTo(StoreOutcome.of(StoreOutcome.Status.CREATED, 3));
        assertThat(service.find(KEY, EventSelection.all())).contains(SESSION);
    }

    @Test
    void store_answerLostOfAnUpdate_isUpdated() {
        service.store(SESSION, Precondition.absent());
        String revision = service.find(KEY, EventSelection.none())
                .orElseThrow()
                .revision()
                .orElseThrow();
        Session changed = SESSION.toBuilder().state(Map.of("topic", "trains")).build();
        faults.on("Commit").times(1).failAfter(Status.UNAVAILABLE);

        assertThat(service.store(changed, Precondition.revision(revision)))
                .isEqualTo(StoreOutcome.of(StoreOutcome.Status.UPDATED, 0));
        assertThat(service.find(KEY, EventSelection.all())).contains(changed);
    }

    @Test
    void store_everyAnswerOfManyCommitsLost_isWhole() {
        Session large = SESSION.toBuilder()
                .events(IntStream.range(0, 1000).mapToObj(i -> event("e" + i)).toList())
                .build();
        faults.on("Commit").probability(0.5).failAfter(Status.UNAVAILABLE);

        StoreOutcome outcome = service.store(large, Precondition.absent());

        assertThat(outcome).isEqualTo(StoreOutcome.of(StoreOutcome.Status.CREATED, 1000));
        assertThat(service.find(KEY, EventSelection.all())).contains(large);
        assertThat(service.find(KEY, EventSelection.none()).orElseThrow().isComplete())
                .isTrue();
    }

    @Test
    void store_brokenOff_isIncompleteAndCompletedWhenRepeated() {
        Session large = SESSION.toBuilder()
                .events(IntStream.range(0, 1000).mapToObj(i -> event("e" + i)).toList())
                .build();
        faults.on("Commit").skip(1).failBefore(Status.PERMISSION_DENIED);
        assertThatThrownBy(() -> service.store(large, Precondition.absent()))
                .isInstanceOfSatisfying(
                        SessionException.class,
                        e -> assertThat(e.code()).isEqualTo(SessionErrorCode.PERMISSION_DENIED));
        faults.clear();
        Session half = service.find(KEY, EventSelection.all()).orElseThrow();
        assertThat(half.isComplete()).isFalse();
        assertThat(half.events()).hasSizeLessThan(1000);

        service.store(large, Precondition.revision(half.revision().orElseThrow()));

        assertThat(service.find(KEY, EventSelection.all())).contains(large);
        assertThat(service.find(KEY, EventSelection.none()).orElseThrow().isComplete())
                .isTrue();
    }

    @Test
    void storeSharedState_answerLost_isWritten() {
        faults.on("Commit").times(1).failAfter(Status.UNAVAILABLE);

        assertThat(service.storeSharedState(KEY.userScope(), Map.of("name", SharedValue.of("Ada", NOW)))
                        .written())
                .containsExactly("name");
    }

    @Test
    void everything_aFifthOfAllCallsFails_nothingIsLostOrDoubled() {
        faults.onAny().probability(0.07).failAfter(Status.UNAVAILABLE);
        faults.onAny().probability(0.14).failBefore(Status.UNAVAILABLE);

        for (int i = 0; i < 30; i++) {
            SessionKey key = new SessionKey("shop", "ada", "s" + i);
            service.create(NewSession.builder(key).build());
            for (int j = 0; j < 5; j++) {
                service.append(key, event("e" + j));
            }
            assertThat(service.find(key, EventSelection.all()).orElseThrow().events())
                    .extracting(SessionEvent::id)
                    .containsExactly("e0", "e1", "e2", "e3", "e4");
            assertThat(service.delete(key, Precondition.none())).isEqualTo(DeleteOutcome.DELETED);
            assertThat(service.find(key, EventSelection.none())).isEmpty();
        }
    }

    @Test
    void create_noAnswerButApplied_isLookedUpAndCreated() {
        reopenWith(Duration.ofMillis(700));
        service.find(KEY, EventSelection.none());
        faults.on("Commit").times(1).hangAfter();

        assertThat(service.create(NewSession.builder(KEY).build()).key()).isEqualTo(KEY);
    }

    @Test
    void append_neverAnAnswer_isAmbiguous() {
        reopenWith(Duration.ofMillis(500));
        service.create(NewSession.builder(KEY).build());
        faults.on("Commit").hangBefore();

        assertThatThrownBy(() -> service.append(KEY, event("e1"))).isInstanceOf(AmbiguousOutcomeException.class);
    }

    @Test
    void find_neverAnAnswer_isUnavailable() {
        reopenWith(Duration.ofMillis(200));
        faults.onAny().hangBefore();

        assertFails(SessionErrorCode.UNAVAILABLE, () -> service.find(KEY, EventSelection.none()));
    }

    @Test
    void find_interrupted_isUnavailableWithTheStatusSet() {
        faults.onAny().hangBefore();
        Thread.currentThread().interrupt();

        assertFails(SessionErrorCode.UNAVAILABLE, () -> service.find(KEY, EventSelection.none()));
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void calls_allInterrupted_areNotBegun() {
        service.find(KEY, EventSelection.none());
        faults.resetCalls();

        for (int i = 0; i < 100; i++) {
            Thread.currentThread().interrupt();
            assertFails(SessionErrorCode.UNAVAILABLE, () -> service.find(KEY, EventSelection.none()));
            assertFails(
                    SessionErrorCode.UNAVAILABLE,
                    () -> service.create(NewSession.builder(KEY).build()));
            assertThat(Thread.interrupted()).isTrue();
        }

        assertThat(faults.totalCalls()).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "PERMISSION_DENIED, PERMISSION_DENIED",
        "UNAUTHENTICATED, UNAUTHENTICATED",
        "NOT_FOUND, STORE_NOT_FOUND",
        "INVALID_ARGUMENT, INVALID_SESSION",
        "DATA_LOSS, INTERNAL"
    })
    void commit_refused_isTranslatedWithoutTheServersText(Status.Code status, SessionErrorCode expected) {
        faults.on("Commit").failBefore(status.toStatus().withDescription("secret content"));

        assertThatThrownBy(() -> service.create(NewSession.builder(KEY).build()))
                .isInstanceOfSatisfying(
                        SessionException.class, e -> assertThat(e.code()).isEqualTo(expected))
                .hasStackTraceContaining("create")
                .satisfies(e -> assertThat(e.toString() + e.getCause()).doesNotContain("secret"));
        assertThat(service.find(KEY, EventSelection.none())).isEmpty();
    }

    @Test
    void find_tooManyCalls_isRateLimited() {
        reopenWith(Duration.ofMillis(300));
        service.find(KEY, EventSelection.none());
        faults.onAny().failBefore(Status.RESOURCE_EXHAUSTED);

        assertFails(SessionErrorCode.RATE_LIMITED, () -> service.find(KEY, EventSelection.none()));
    }

    private void reopenWith(Duration timeout) {
        service.close();
        service = FirestoreSessionService.builder(TestStores.options(fake.endpoint(), "faults"))
                .timeout(timeout)
                .build();
    }

    private static void assertFails(SessionErrorCode code, Runnable call) {
        assertThatThrownBy(call::run)
                .isInstanceOfSatisfying(
                        SessionException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    private static SessionEvent event(String id) {
        return SessionEvent.builder(id, "user", NOW.plusSeconds(Integer.parseInt(id.substring(1))))
                .build();
    }
}
