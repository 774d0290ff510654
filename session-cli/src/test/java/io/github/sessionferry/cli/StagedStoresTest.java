package io.github.sessionferry.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.sessionferry.core.DeleteOutcome;
import io.github.sessionferry.core.EventSelection;
import io.github.sessionferry.core.NewSession;
import io.github.sessionferry.core.Precondition;
import io.github.sessionferry.core.ScanCursor;
import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionEvent;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SessionQuery;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.SessionStores;
import io.github.sessionferry.core.rollout.Channel;
import io.github.sessionferry.core.rollout.RolloutPlan;
import io.github.sessionferry.core.rollout.SettablePlan;
import io.github.sessionferry.core.rollout.Stage;
import io.github.sessionferry.migration.Migrator;
import io.github.sessionferry.migration.Validator;
import io.github.sessionferry.migration.live.StagedSessionService;
import io.github.sessionferry.testkit.agentengine.FakeAgentEngine;
import io.github.sessionferry.testkit.firestore.FakeFirestore;
import io.github.sessionferry.testkit.firestore.FirestoreEmulator;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Users talk while the stage goes from the source alone to the target alone and back: nothing is lost in real stores. */
@Timeout(300)
class StagedStoresTest {

    private static final String APP = "shop";
    private static final List<String> USERS = List.of("alice", "bob");

    @Test
    void filesToFiles_thereAndBack_loseNothing(@TempDir Path folder) {
        try (SessionService source = SessionStores.open("file:" + folder.resolve("source") + "?create=true");
                SessionService target = SessionStores.open("file:" + folder.resolve("target") + "?create=true")) {
            new Talk(source, target, folder.resolve("debt")).thereAndBack();
        }
    }

    @Test
    void firestoreToAgentEngine_thereAndBack_loseNothing(@TempDir Path folder) {
        try (FakeFirestore firestore = FakeFirestore.start();
                FakeAgentEngine engine = FakeAgentEngine.builder().start();
                SessionService source = SessionStores.open(
                        "firestore://p" + UUID.randomUUID() + "/(default)?emulator=" + firestore.endpoint());
                SessionService target = SessionStores.open(EmulateAgentEngineCommand.address(engine.endpoint()))) {
            new Talk(source, target, folder.resolve("debt")).thereAndBack();
        }
    }

    @Test
    void officialEmulatorToAgentEngine_thereAndBack_loseNothing(@TempDir Path folder) {
        Optional<FirestoreEmulator> emulator = FirestoreEmulator.findShared();
        assumeTrue(emulator.isPresent(), FirestoreEmulator::absenceReason);
        try (FakeAgentEngine engine = FakeAgentEngine.builder().start();
                SessionService source = SessionStores.open("firestore://p" + UUID.randomUUID() + "/(default)?emulator="
                        + emulator.get().endpoint());
                SessionService target = SessionStores.open(EmulateAgentEngineCommand.address(engine.endpoint()))) {
            new Talk(source, target, folder.resolve("debt")).thereAndBack();
        }
    }

    private static final class Talk {
        private final SessionService source;
        private final SessionService target;
        private final SettablePlan plan = new SettablePlan(RolloutPlan.everybodyIn(Stage.SOURCE_ONLY));
        private final StagedSessionService staged;
        private final SessionService sessions;
        private final Map<SessionKey, List<String>> expected = new LinkedHashMap<>();
        private final List<SessionKey> deleted = new ArrayList<>();
        private int turns;

        Talk(SessionService source, SessionService target, Path debtFile) {
            this.source = source;
            this.target = target;
            staged = StagedSessionService.builder(source, target, plan)
                    .debtFile(debtFile)
                    .executor(Runnable::run)
                    .settleInterval(Duration.ZERO)
                    .build();
            sessions = staged.serviceFor(null, Channel.TEXT);
        }

        void thereAndBack() {
            try (staged) {
                talk();
                for (Stage stage : List.of(
                        Stage.DUAL_WRITE,
                        Stage.SHADOW,
                        Stage.TARGET_FIRST,
                        Stage.TARGET_WITH_FALLBACK,
                        Stage.TARGET_ONLY,
                        Stage.TARGET_WITH_FALLBACK,
                        Stage.TARGET_FIRST,
                        Stage.SHADOW,
                        Stage.DUAL_WRITE,
                        Stage.SOURCE_ONLY)) {
                    move(stage);
                    talk();
                }
                assertHolds(source);
            }
        }

        /** One user begins a session, every session goes on, and the oldest is deleted from time to time. */
        private void talk() {
            turns++;
            SessionKey begun = new SessionKey(APP, USERS.get(turns % USERS.size()), "session-" + turns);
            sessions.create(NewSession.builder(begun)
                    .state(Map.of("begun", plan.current().base().name()))
                    .build());
            expected.put(begun, new ArrayList<>());
            expected.forEach(this::say);
            if (turns % 3 == 2) {
                SessionKey oldest = expected.keySet().iterator().next();
                assertThat(sessions.delete(oldest, Precondition.none())).isEqualTo(DeleteOutcome.DELETED);
                expected.remove(oldest);
                deleted.add(oldest);
            }
            assertHolds(sessions);
        }

        private void say(SessionKey key, List<String> events) {
            String id = "event-" + turns;
            sessions.append(
                    key,
                    SessionEvent.builder(id, "user", Instant.now())
                            .content(Map.of("role", "user", "parts", List.of(Map.of("text", "turn " + turns))))
                            .stateDelta(Map.of("turn", id, "user:turn", id, "app:turn", id))
                            .build());
            events.add(id);
        }

        private void move(Stage next) {
            settle();
            Stage now = plan.current().base();
            if (now.authority() != next.authority()) {
                carryOver(now);
                settle();
            }
            plan.set(RolloutPlan.everybodyIn(next).withSettled(false));
            assertThat(staged.isDrained()).isTrue();
            plan.set(RolloutPlan.everybodyIn(next));
        }

        private void settle() {
            assertThat(staged.settleDebt()).isZero();
            assertThat(staged.debt()).isEmpty();
        }

        /** Brings to the store that will decide what was written while it was alone, or before there was another. */
        private void carryOver(Stage now) {
            boolean forth = now == Stage.SHADOW;
            SessionService from = forth ? source : target;
            SessionService to = forth ? target : source;
            assertThat(Migrator.builder(from, to).build().run().succeeded()).isTrue();
            assertThat(Validator.builder(from, to).build().run().passed()).isTrue();
            assertHolds(source);
            assertHolds(target);
        }

        private void assertHolds(SessionService store) {
            for (SessionKey key : expected.keySet()) {
                Session session = store.find(key, EventSelection.all())
                        .orElseThrow(() -> new AssertionError(key + " is not there"));
                assertThat(session.events().stream().map(SessionEvent::id))
                        .as("%s in %s after turn %s", key, plan.current().base(), turns)
                        .containsExactlyElementsOf(expected.get(key));
                assertThat(session.state())
                        .containsEntry("turn", "event-" + turns)
                        .containsEntry("user:turn", "event-" + turns)
                        .containsEntry("app:turn", "event-" + turns);
            }
            for (SessionKey key : deleted) {
                assertThat(store.find(key, EventSelection.none()))
                        .as("%s was deleted", key)
                        .isEmpty();
            }
            for (String user : USERS) {
                assertThat(store.list(SessionQuery.ofUser(APP, user), ScanCursor.START, 100)
                                .sessions())
                        .extracting(summary -> summary.key())
                        .containsExactlyInAnyOrderElementsOf(expected.keySet().stream()
                                .filter(key -> key.userId().equals(user))
                                .toList());
            }
        }
    }
}
