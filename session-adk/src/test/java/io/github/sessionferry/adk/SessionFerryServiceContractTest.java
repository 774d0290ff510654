package io.github.sessionferry.adk;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.adk.sessions.BaseSessionService;
import com.google.adk.sessions.Session;
import com.google.adk.sessions.SessionException;
import com.google.cloud.firestore.FirestoreOptions;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.rollout.Channel;
import io.github.sessionferry.core.rollout.PolicyRouter;
import io.github.sessionferry.core.rollout.RolloutPlan;
import io.github.sessionferry.core.rollout.RolloutPolicy;
import io.github.sessionferry.core.rollout.SessionRouter;
import io.github.sessionferry.core.rollout.SettablePlan;
import io.github.sessionferry.core.rollout.Stage;
import io.github.sessionferry.file.FileSessionService;
import io.github.sessionferry.firestore.FirestoreLayout;
import io.github.sessionferry.firestore.FirestoreSessionService;
import io.github.sessionferry.migration.live.StagedSessionService;
import io.github.sessionferry.testkit.InMemorySessionService;
import io.github.sessionferry.testkit.agentengine.FakeAgentEngine;
import io.github.sessionferry.testkit.firestore.FakeFirestore;
import io.github.sessionferry.vertex.VertexAiSessionService;
import io.reactivex.rxjava3.core.Maybe;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** ADK's contract over every store, over a router, and over a staged service in every stage. */
@Timeout(120)
class SessionFerryServiceContractTest {

    @Nested
    class OverMemory extends Contract {
        @Override
        SessionFerryService open() {
            return SessionFerryService.over(closing(InMemorySessionService.create()));
        }
    }

    @Nested
    class OverFiles extends Contract {
        @Override
        SessionFerryService open() {
            return SessionFerryService.over(
                    closing(FileSessionService.builder(folder).createIfMissing().build()));
        }
    }

    @Nested
    class OverFirestoreAdkFlat extends Contract {
        @Override
        SessionFerryService open() {
            return SessionFerryService.over(firestore(FirestoreLayout.adkFlat()));
        }
    }

    @Nested
    class OverFirestoreAdkJava extends Contract {
        @Override
        SessionFerryService open() {
            return SessionFerryService.over(firestore(FirestoreLayout.adkJava()));
        }
    }

    @Nested
    class OverFirestoreAdkPython extends Contract {
        @Override
        SessionFerryService open() {
            return SessionFerryService.over(firestore(FirestoreLayout.adkPython()));
        }
    }

    @Nested
    class OverAgentEngine extends Contract {
        @Override
        SessionFerryService open() {
            return SessionFerryService.over(agentEngine());
        }
    }

    @Nested
    class OverARouterToTheSource extends Contract {
        @Override
        SessionFerryService open() {
            return SessionFerryService.over(router(0), Channel.TEXT);
        }
    }

    @Nested
    class OverARouterToTheTarget extends Contract {
        @Override
        SessionFerryService open() {
            return SessionFerryService.over(router(100), Channel.TEXT);
        }
    }

    @Nested
    class InSourceOnly extends Contract {
        @Override
        SessionFerryService open() {
            return SessionFerryService.over(staged(Stage.SOURCE_ONLY), Channel.TEXT);
        }
    }

    @Nested
    class InDualWrite extends Contract {
        @Override
        SessionFerryService open() {
            return SessionFerryService.over(staged(Stage.DUAL_WRITE), Channel.TEXT);
        }
    }

    @Nested
    class InShadow extends Contract {
        @Override
        SessionFerryService open() {
            return SessionFerryService.over(staged(Stage.SHADOW), Channel.TEXT);
        }
    }

    @Nested
    class InTargetFirst extends Contract {
        @Override
        SessionFerryService open() {
            return SessionFerryService.over(staged(Stage.TARGET_FIRST), Channel.TEXT);
        }
    }

    @Nested
    class InTargetWithFallback extends Contract {
        @Override
        SessionFerryService open() {
            return SessionFerryService.over(staged(Stage.TARGET_WITH_FALLBACK), Channel.TEXT);
        }
    }

    @Nested
    class InTargetOnly extends Contract {
        @Override
        SessionFerryService open() {
            return SessionFerryService.over(staged(Stage.TARGET_ONLY), Channel.TEXT);
        }
    }

    @Nested
    class LiveInTargetFirst extends Contract {
        @Override
        SessionFerryService open() {
            return SessionFerryService.over(staged(Stage.TARGET_FIRST), Channel.LIVE);
        }
    }

    /** The contract, and what our service promises beyond it. */
    abstract static class Contract extends BaseSessionServiceContract {

        private static final String ENGINE = "projects/ferry/locations/europe-west1/reasoningEngines/1";

        @TempDir
        Path folder;

        private final Deque<AutoCloseable> opened = new ArrayDeque<>();
        private @Nullable SessionFerryService service;

        /** Opens the service under test, with new stores. */
        abstract SessionFerryService open();

        @BeforeEach
        void openService() {
            service = open();
        }

        @AfterEach
        void closeAll() throws Exception {
            while (!opened.isEmpty()) {
                opened.pop().close();
            }
        }

        @Override
        BaseSessionService service() {
            return Objects.requireNonNull(service);
        }

        @Test
        void everyFailureOfTheStore_arrivesAsAnError() throws Exception {
            Session session = created("s1", Map.of());
            closeAll();

            for (Maybe<?> call : List.of(
                    service().createSession(APP, USER, Map.of(), "s2").toMaybe(),
                    service().getSession(APP, USER, "s1", Optional.empty()),
                    service().listSessions(APP, USER).toMaybe(),
                    service().listEvents(APP, USER, "s1").toMaybe(),
                    service().deleteSession(APP, USER, "s1").toMaybe(),
                    service()
                            .appendEvent(session, event("e1", 1, Map.of("own", 1)))
                            .toMaybe())) {
                assertThat(error(call))
                        .isInstanceOf(SessionException.class)
                        .hasCauseInstanceOf(io.github.sessionferry.core.SessionException.class);
            }
            assertThat(session.events()).isEmpty();
            assertThat(session.state()).isEmpty();
        }

        @Test
        void append_withTemporaryKeys_leavesThemOutOfTheStoredEvent() {
            append(created("s1", Map.of()), event("e1", 1, Map.of("temp:token", "t", "own", 1)));

            assertThat(service().listEvents(APP, USER, "s1").blockingGet().events())
                    .singleElement()
                    .satisfies(event -> assertThat(event.actions().stateDelta()).containsOnlyKeys("own"));
        }

        <T extends AutoCloseable> T closing(T resource) {
            opened.push(resource);
            return resource;
        }

        SessionService firestore(FirestoreLayout layout) {
            FakeFirestore fake = closing(FakeFirestore.start());
            return closing(FirestoreSessionService.builder(FirestoreOptions.newBuilder()
                            .setProjectId("demo")
                            .setEmulatorHost(fake.endpoint())
                            .build())
                    .layout(layout)
                    .build());
        }

        /** An engine for each application, for an engine shares state among all. */
        SessionService agentEngine() {
            FakeAgentEngine fake = closing(FakeAgentEngine.builder().start());
            return closing(VertexAiSessionService.builder(ENGINE)
                    .endpoint(fake.endpoint())
                    .plaintext(true)
                    .mapApp(OTHER_APP, "2")
                    .build());
        }

        SessionRouter router(double percentage) {
            RolloutPolicy policy =
                    RolloutPolicy.builder("salt").percentage(percentage).build();
            return closing(PolicyRouter.between(firestore(FirestoreLayout.adkFlat()), agentEngine(), () -> policy));
        }

        SessionRouter staged(Stage stage) {
            return closing(StagedSessionService.builder(
                            firestore(FirestoreLayout.adkFlat()),
                            agentEngine(),
                            new SettablePlan(RolloutPlan.everybodyIn(stage)))
                    .debtFile(folder.resolve("debt"))
                    .executor(Runnable::run)
                    .settleInterval(Duration.ZERO)
                    .build());
        }
    }
}
