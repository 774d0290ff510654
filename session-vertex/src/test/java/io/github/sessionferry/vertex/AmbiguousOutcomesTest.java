package io.github.sessionferry.vertex;

import static io.github.sessionferry.vertex.EngineFixture.KEY;
import static io.github.sessionferry.vertex.EngineFixture.event;
import static io.github.sessionferry.vertex.EngineFixture.session;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.sessionferry.core.AmbiguousOutcomeException;
import io.github.sessionferry.core.AppendOutcome;
import io.github.sessionferry.core.DeleteOutcome;
import io.github.sessionferry.core.EventSelection;
import io.github.sessionferry.core.Precondition;
import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionAlreadyExistsException;
import io.github.sessionferry.core.SessionErrorCode;
import io.github.sessionferry.core.SessionEvent;
import io.github.sessionferry.core.SessionException;
import io.github.sessionferry.core.SharedValue;
import io.github.sessionferry.core.StoreOutcome;
import io.github.sessionferry.testkit.agentengine.OperationMode;
import io.grpc.Status;
import io.grpc.Status.Code;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Replies that are lost, late or errors: nothing is lost, doubled, or told to have failed when it was done. */
class AmbiguousOutcomesTest {

    private static final Duration SHORT = Duration.ofSeconds(2);

    private final EngineFixture fixture = new EngineFixture(SHORT);

    @AfterEach
    void close() {
        fixture.close();
    }

    @ParameterizedTest
    @EnumSource(
            value = Code.class,
            names = {"UNAVAILABLE", "INTERNAL", "ABORTED", "UNKNOWN", "RESOURCE_EXHAUSTED", "DEADLINE_EXCEEDED"})
    void append_replyLost_isThereOnce(Code code) {
        fixture.create(KEY, Map.of());
        fixture.faults().on("AppendEvent").times(1).failAfter(code.toStatus());

        AppendOutcome outcome = fixture.service.append(KEY, event(1));

        assertThat(outcome).isEqualTo(AppendOutcome.APPENDED);
        assertThat(fixture.rawEvents("s1")).hasSize(1);
        assertThat(fixture.found(KEY).state()).isEqualTo(Map.of("turns", 1L, "user:last", 1L));
        assertThat(fixture.engine.calls("AppendEvent")).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(
            value = Code.class,
            names = {"UNAVAILABLE", "INTERNAL", "ABORTED", "UNKNOWN"})
    void append_notArrived_isTriedAgain(Code code) {
        fixture.create(KEY, Map.of());
        fixture.faults().on("AppendEvent").times(2).failBefore(code.toStatus());

        fixture.service.append(KEY, event(1));

        assertThat(fixture.rawEvents("s1")).hasSize(1);
    }

    @Test
    void append_neverAnsweredButApplied_isFoundAndThereOnce() {
        fixture.create(KEY, Map.of());
        fixture.faults().on("AppendEvent").times(1).hangAfter();

        assertThat(fixture.service.append(KEY, event(1))).isEqualTo(AppendOutcome.APPENDED);

        assertThat(fixture.rawEvents("s1")).hasSize(1);
    }

    @Test
    void append_neverAnsweredNorSeen_isAmbiguousAndNotRepeated() {
        fixture.create(KEY, Map.of());
        fixture.faults().on("AppendEvent").times(1).hangBefore();

        assertThatThrownBy(() -> fixture.service.append(KEY, event(1))).isInstanceOf(AmbiguousOutcomeException.class);

        assertThat(fixture.engine.calls("AppendEvent")).isEqualTo(1);
        assertThat(fixture.service.append(KEY, event(1))).isEqualTo(AppendOutcome.APPENDED);
        assertThat(fixture.rawEvents("s1")).hasSize(1);
    }

    @Test
    void append_replyLostAndLookFails_isAmbiguous() {
        fixture.create(KEY, Map.of());
        fixture.faults().on("AppendEvent").failAfter(Status.UNAVAILABLE);
        fixture.faults().on("ListEvents").skip(1).failBefore(Status.UNAVAILABLE);

        assertThatThrownBy(() -> fixture.service.append(KEY, event(1))).isInstanceOf(AmbiguousOutcomeException.class);

        fixture.faults().clear();
        assertThat(fixture.service.append(KEY, event(1))).isEqualTo(AppendOutcome.ALREADY_PRESENT);
        assertThat(fixture.rawEvents("s1")).hasSize(1);
    }

    @Test
    void append_quotaSpent_isToldAndNotRepeatedAtOnce() {
        fixture.create(KEY, Map.of());
        fixture.faults().on("AppendEvent").failBefore(Status.RESOURCE_EXHAUSTED);

        SessionException failure =
                catchThrowableOfType(SessionException.class, () -> fixture.service.append(KEY, event(1)));

        assertThat(failure.code()).isEqualTo(SessionErrorCode.RATE_LIMITED);
        assertThat(fixture.engine.calls("AppendEvent")).isEqualTo(1);
        assertThat(fixture.found(KEY).events()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(
            value = Code.class,
            names = {"UNAVAILABLE", "INTERNAL", "ABORTED", "DEADLINE_EXCEEDED"})
    void create_replyLost_isAdopted(Code code) {
        fixture.faults().on("CreateSession").times(1).failAfter(code.toStatus());

        Session created = fixture.create(KEY, Map.of("turns", 1L));

        assertThat(created.state()).isEqualTo(Map.of("turns", 1L));
        assertThat(fixture.resources()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3})
    void create_replyLostAndNotReadableYet_isAdopted(int looks) {
        fixture.engine.setOperations(OperationMode.readableAfter(looks));
        fixture.faults().on("CreateSession").times(1).failAfter(Status.UNAVAILABLE);

        fixture.create(KEY, Map.of());

        assertThat(fixture.resources()).hasSize(1);
    }

    @ParameterizedTest
    @EnumSource(
            value = Code.class,
            names = {"RESOURCE_EXHAUSTED", "ABORTED", "INTERNAL"})
    void create_pollOfTheOperationFails_isFoundByReading(Code code) {
        fixture.engine.setOperations(OperationMode.readableAfter(2));
        fixture.faults().on("GetOperation").failBefore(code.toStatus());

        assertThat(fixture.create(KEY, Map.of()).key()).isEqualTo(KEY);
    }

    @Test
    void create_neverAnswered_isAdopted() {
        fixture.faults().on("CreateSession").times(1).hangAfter();

        fixture.create(KEY, Map.of());

        assertThat(fixture.resources()).hasSize(1);
    }

    @Test
    void create_neverArriving_isAmbiguousInTime() {
        fixture.faults().on("CreateSession").hangBefore();

        assertThatThrownBy(() -> fixture.create(KEY, Map.of())).isInstanceOf(AmbiguousOutcomeException.class);

        assertThat(fixture.resources()).isEmpty();
    }

    @Test
    void create_replyLostOfAnotherCall_isToldToExist() {
        fixture.create(KEY, Map.of("turns", 1L));
        fixture.faults().on("GetSession").times(2).failBefore(Status.NOT_FOUND.withDescription("Session x not found."));

        assertThatThrownBy(() -> fixture.create(KEY, Map.of("turns", 2L)))
                .isInstanceOf(SessionAlreadyExistsException.class);

        assertThat(fixture.found(KEY).state()).isEqualTo(Map.of("turns", 1L));
    }

    @ParameterizedTest
    @EnumSource(
            value = Code.class,
            names = {"UNAVAILABLE", "INTERNAL", "DEADLINE_EXCEEDED"})
    void delete_replyLost_isDone(Code code) {
        fixture.create(KEY, Map.of());
        fixture.faults().on("DeleteSession").times(1).failAfter(code.toStatus());

        assertThat(fixture.service.delete(KEY, Precondition.none())).isEqualTo(DeleteOutcome.DELETED);

        assertThat(fixture.resources()).isEmpty();
        assertThat(fixture.engine.calls("DeleteSession")).isEqualTo(1);
    }

    @Test
    void delete_notArrived_isTriedAgain() {
        fixture.create(KEY, Map.of());
        fixture.faults().on("DeleteSession").times(1).failBefore(Status.UNAVAILABLE);
        fixture.faults().on("DeleteSession").times(1).hangBefore();

        assertThat(fixture.service.delete(KEY, Precondition.none())).isEqualTo(DeleteOutcome.DELETED);

        assertThat(fixture.resources()).isEmpty();
    }

    @Test
    void store_everyThirdReplyLost_isWholeAndNotDoubled() {
        Session session = session(KEY, 30);
        for (int i = 0; i < 10; i++) {
            fixture.faults().on("AppendEvent").skip(2).times(1).failAfter(Status.UNAVAILABLE);
            fixture.faults().on("AppendEvent").skip(1).times(1).failBefore(Status.UNAVAILABLE);
        }
        fixture.faults().on("CreateSession").times(1).failAfter(Status.UNAVAILABLE);

        StoreOutcome outcome = fixture.service.store(session, Precondition.absent());

        assertThat(outcome.status()).isEqualTo(StoreOutcome.Status.CREATED);
        assertThat(fixture.found(KEY)).isEqualTo(session);
        assertThat(fixture.rawEvents("s1")).hasSize(30);
    }

    @Test
    void store_brokenOff_isIncompleteUntilDoneAgain() {
        Session session = session(KEY, 5);
        fixture.faults().on("AppendEvent").skip(3).failBefore(Status.PERMISSION_DENIED);
        assertThatThrownBy(() -> fixture.service.store(session, Precondition.absent()))
                .isInstanceOfSatisfying(
                        SessionException.class,
                        e -> assertThat(e.code()).isEqualTo(SessionErrorCode.PERMISSION_DENIED));

        Session part = fixture.found(KEY);

        assertThat(part.isComplete()).isFalse();
        assertThat(part.events()).hasSize(3);
        assertThat(fixture.service
                        .find(KEY, EventSelection.none())
                        .orElseThrow()
                        .isComplete())
                .isFalse();
        assertThat(fixture.service
                        .find(KEY, EventSelection.last(1))
                        .orElseThrow()
                        .isComplete())
                .isFalse();
        fixture.faults().clear();
        StoreOutcome again = fixture.service.store(session, Precondition.none());
        assertThat(again.status()).isEqualTo(StoreOutcome.Status.UPDATED);
        assertThat(again.eventsAppended()).isEqualTo(2);
        assertThat(fixture.found(KEY)).isEqualTo(session);
        for (EventSelection selection :
                java.util.List.of(EventSelection.all(), EventSelection.none(), EventSelection.last(1))) {
            assertThat(fixture.service.find(KEY, selection).orElseThrow().isComplete())
                    .isTrue();
        }
    }

    @Test
    void store_moreEventsBrokenOff_isIncompleteUntilDoneAgain() {
        Session first = session(KEY, 2);
        Session longer = session(KEY, 6);
        fixture.service.store(first, Precondition.absent());
        fixture.faults().on("AppendEvent").skip(2).failBefore(Status.PERMISSION_DENIED);
        assertThatThrownBy(() -> fixture.service.store(longer, Precondition.none()))
                .isInstanceOf(SessionException.class);

        assertThat(fixture.found(KEY).isComplete()).isFalse();

        fixture.faults().clear();
        fixture.service.store(longer, Precondition.none());
        assertThat(fixture.found(KEY)).isEqualTo(longer);
        assertThat(fixture.found(KEY).isComplete()).isTrue();
        assertThat(fixture.service.store(longer, Precondition.none()).status())
                .isEqualTo(StoreOutcome.Status.UNCHANGED);
    }

    @Test
    void store_updateReplyLost_isDone() {
        fixture.create(KEY, Map.of("turns", 1L));
        fixture.faults().on("UpdateSession").times(1).failAfter(Status.UNAVAILABLE);

        fixture.service.store(session(KEY, 0), Precondition.none());

        assertThat(fixture.found(KEY)).isEqualTo(session(KEY, 0));
    }

    @Test
    void read_refusedTwice_isTriedAThirdTime() {
        fixture.create(KEY, Map.of());
        fixture.faults().on("GetSession").times(2).failBefore(Status.UNAVAILABLE);

        assertThat(fixture.service.find(KEY, EventSelection.all())).isPresent();
    }

    @Test
    void read_neverAnswered_isUnavailableInTime() {
        fixture.faults().onAny().hangBefore();

        assertThatThrownBy(() -> fixture.service.find(KEY, EventSelection.all()))
                .isInstanceOfSatisfying(
                        SessionException.class, e -> assertThat(e.code()).isEqualTo(SessionErrorCode.UNAVAILABLE));
    }

    @Test
    void sharedState_appendReplyLost_isWrittenOnce() {
        fixture.create(KEY, Map.of());
        fixture.faults().on("AppendEvent").times(1).failAfter(Status.UNAVAILABLE);

        var outcome = fixture.service.storeSharedState(KEY.userScope(), Map.of("name", SharedValue.of("Ada", null)));

        assertThat(outcome.written()).containsExactly("name");
        assertThat(fixture.engine.calls("AppendEvent")).isEqualTo(1);
        assertThat(fixture.resources()).hasSize(1);
    }

    @Test
    void sharedState_replyToReplacingLost_isWrittenOnce() {
        fixture.create(KEY, Map.of("user:name", "Bob", "user:gone", 1L));
        fixture.faults().on("AppendEvent").times(1).failAfter(Status.UNAVAILABLE);

        var outcome = fixture.service.storeSharedState(
                KEY.userScope(), Map.of("name", SharedValue.replacing("Ada", null), "gone", SharedValue.removal()));

        assertThat(outcome.written()).containsExactlyInAnyOrder("name", "gone");
        assertThat(fixture.engine.calls("AppendEvent")).isEqualTo(1);
        assertThat(fixture.found(KEY).state()).isEqualTo(Map.of("user:name", "Ada"));
    }

    @Test
    void twoServices_storeTheSameSessionAtOnce_readersSeeEachEventOnce() {
        Session session = session(KEY, 10);
        try (VertexAiSessionService second = Engines.connect(fixture.engine).build()) {
            fixture.service.store(session, Precondition.absent());
            SessionEvent late = event(99);
            fixture.appendByOther("s1", NativeEvents.ofNew(late).toBuilder());
            fixture.appendByOther("s1", NativeEvents.ofNew(late).toBuilder());

            Session found = second.find(KEY, EventSelection.all()).orElseThrow();

            assertThat(fixture.rawEvents("s1")).hasSize(12);
            assertThat(found.events())
                    .extracting(SessionEvent::id)
                    .doesNotHaveDuplicates()
                    .contains("e99");
        }
    }
}
