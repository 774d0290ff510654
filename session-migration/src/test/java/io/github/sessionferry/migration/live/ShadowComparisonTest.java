package io.github.sessionferry.migration.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.sessionferry.core.EventSelection;
import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionEvent;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.rollout.Channel;
import io.github.sessionferry.core.rollout.Stage;
import io.github.sessionferry.testkit.SessionOperation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What a read in the shadow stage notices. */
class ShadowComparisonTest {

    private static final SessionKey KEY = TwoStores.key("user", "s1");

    private final TwoStores stores = new TwoStores();
    private final List<Boolean> compared = new ArrayList<>();
    private final BlockingQueue<Boolean> told = new LinkedBlockingQueue<>();

    @AfterEach
    void close() {
        stores.close();
    }

    private static Session session() {
        return Session.builder(KEY, TwoStores.T0.plusSeconds(2))
                .createTime(TwoStores.T0)
                .state(Map.of("count", 1L))
                .events(List.of(
                        event("e1", "hello").build(), event("e2", "well").build()))
                .build();
    }

    private static SessionEvent.Builder event(String id, String said) {
        return SessionEvent.builder(id, "user", TwoStores.T0.plusSeconds(1))
                .content(Map.of("parts", List.of(Map.of("text", said))))
                .stateDelta(Map.of("count", 1L));
    }

    private static Arguments change(String what, UnaryOperator<Session.Builder> change) {
        return Arguments.of(what, change);
    }

    private static UnaryOperator<Session.Builder> lastEvent(SessionEvent.Builder event) {
        return session -> session.events(List.of(event("e1", "hello").build(), event.build()));
    }

    static Stream<Arguments> differences() {
        return Stream.of(
                change("the content of an event", lastEvent(event("e2", "ill"))),
                change("the delta of an event", lastEvent(event("e2", "well").stateDelta(Map.of("count", 2L)))),
                change("a type in a delta", lastEvent(event("e2", "well").stateDelta(Map.of("count", 1.0)))),
                change(
                        "an event less",
                        session -> session.events(List.of(event("e1", "hello").build()))),
                change("the state", session -> session.state(Map.of("count", 2L))),
                change("a type in the state", session -> session.state(Map.of("count", 1.0))),
                change("another field", session -> session.fields(Map.of("color", "red"))),
                change("the update time", session -> session.updateTime(TwoStores.T0.plusSeconds(9))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("differences")
    void read_otherStoreDiffers_isNoticed(String what, UnaryOperator<Session.Builder> change) {
        TwoStores.put(stores.source, session());
        TwoStores.put(stores.target, change.apply(session().toBuilder()).build());

        read(EventSelection.all());

        assertThat(compared).as(what).containsExactly(false);
    }

    @Test
    void read_otherStoreIsAlike_isEqual_forEverySelectionOfEvents() {
        TwoStores.put(stores.source, session());
        TwoStores.put(stores.target, session());

        read(EventSelection.all());
        read(EventSelection.none());
        read(EventSelection.last(1));

        assertThat(compared).containsExactly(true, true, true);
    }

    @Test
    void read_whatAValidationPassesOver_isEqual() {
        TwoStores.put(
                stores.source,
                lastEvent(event("e2", "well").stateDelta(Map.of("count", 1L, "temp:draft", "x")))
                        .apply(session().toBuilder())
                        .build());
        TwoStores.put(
                stores.target,
                session().toBuilder()
                        .updateTime(session().updateTime().plus(Duration.ofMillis(900)))
                        .build());

        read(EventSelection.all());

        assertThat(compared).containsExactly(true);
    }

    @Test
    void read_differenceIsGoneAtTheSecondLook_isEqual() {
        TwoStores.put(stores.source, session());
        TwoStores.put(stores.target, session());
        stores.targetFaults.on(SessionOperation.FIND).times(1).runBefore(call -> {
            for (SessionService store : List.of(stores.source, stores.target)) {
                var unused = store.append(KEY, event("e3", "late").build());
            }
        });

        read(EventSelection.all());

        assertThat(compared).containsExactly(true);
    }

    private void read(EventSelection events) {
        stores.stage(Stage.SHADOW);
        StagedSessionService process = stores.process(
                stores.builder().executor(Runnable::run).shadowSample(1).listener(new StagedListener() {
                    @Override
                    public void shadowCompared(SessionKey key, boolean equal) {
                        told.add(equal);
                    }
                }));
        assertThat(process.serviceFor("user", Channel.TEXT).find(KEY, events)).isPresent();
        compared.add(awaitComparison());
    }

    private boolean awaitComparison() {
        try {
            return Objects.requireNonNull(told.poll(30, TimeUnit.SECONDS), "a comparison");
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
