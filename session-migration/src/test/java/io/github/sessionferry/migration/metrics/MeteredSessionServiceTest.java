package io.github.sessionferry.migration.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchException;

import io.github.sessionferry.core.EventSelection;
import io.github.sessionferry.core.Precondition;
import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionErrorCode;
import io.github.sessionferry.core.SessionException;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SessionNotFoundException;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.StoreRequest;
import io.github.sessionferry.testkit.FaultySessionService;
import io.github.sessionferry.testkit.InMemorySessionService;
import io.github.sessionferry.testkit.SessionFaults;
import io.github.sessionferry.testkit.SessionOperation;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MockClock;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class MeteredSessionServiceTest {

    private final MockClock clock = new MockClock();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry(SimpleConfig.DEFAULT, clock);
    private final SessionFaults faults = SessionFaults.seeded(1, clock::add);
    private final SessionService store = new MeteredSessionService(
            new FaultySessionService(InMemorySessionService.create(), faults), "source", registry);

    private double calls(String operation, String outcome) {
        Timer timer = registry.find("session.store.calls")
                .tags("store", "source", "operation", operation, "outcome", outcome)
                .timer();
        return timer == null ? 0 : timer.count();
    }

    @Test
    void call_slow_isTimedInFull() {
        faults.on(SessionOperation.FIND).delayBefore(Duration.ofMillis(70));
        faults.on(SessionOperation.STORE).delayAfter(Duration.ofMillis(500));

        store.store(Exercise.session(), Precondition.none());
        store.find(Exercise.KEY, EventSelection.all());

        assertThat(registry.get("session.store.calls")
                        .tag("operation", "find")
                        .timer()
                        .totalTime(TimeUnit.MILLISECONDS))
                .isEqualTo(70);
        assertThat(registry.get("session.store.calls")
                        .tag("operation", "store")
                        .timer()
                        .totalTime(TimeUnit.MILLISECONDS))
                .isEqualTo(500);
    }

    @Test
    void everyCall_isTimedOnceByItsOperation() {
        Exercise.callAll(store);

        assertThat(registry.find("session.store.calls").timers())
                .allSatisfy(timer -> assertThat(timer.count()).isEqualTo(1))
                .extracting(timer -> timer.getId().getTag("operation"))
                .containsExactlyInAnyOrder(
                        "create",
                        "find",
                        "find_all",
                        "list",
                        "append",
                        "delete",
                        "scan_partitions",
                        "scan",
                        "store",
                        "store_all",
                        "find_shared_state",
                        "store_shared_state",
                        "scan_shared_scopes",
                        "estimate");
    }

    @Test
    void find_tellsWhetherThereWasOne() {
        store.find(Exercise.KEY, EventSelection.all());
        store.store(Exercise.session(), Precondition.none());
        store.find(Exercise.KEY, EventSelection.all());
        store.find(Exercise.KEY, EventSelection.none());

        assertThat(calls("find", "absent")).isEqualTo(1);
        assertThat(calls("find", "ok")).isEqualTo(2);
    }

    @Test
    void change_againstItsPrecondition_isAConflict() {
        store.store(Exercise.session(), Precondition.none());
        store.store(Exercise.session(), Precondition.absent());
        store.delete(Exercise.KEY, Precondition.revision("another"));
        store.delete(Exercise.KEY, Precondition.none());
        store.delete(Exercise.KEY, Precondition.none());

        assertThat(calls("store", "ok")).isEqualTo(1);
        assertThat(calls("store", "conflict")).isEqualTo(1);
        assertThat(calls("delete", "conflict")).isEqualTo(1);
        assertThat(calls("delete", "ok")).isEqualTo(1);
        assertThat(calls("delete", "absent")).isEqualTo(1);
    }

    @Test
    void call_failing_isTimedByItsCodeAndFailsAsBefore() {
        faults.on(SessionOperation.FIND).failBefore(SessionErrorCode.UNAVAILABLE);

        assertThatThrownBy(() -> store.find(Exercise.KEY, EventSelection.all()))
                .isInstanceOfSatisfying(
                        SessionException.class, e -> assertThat(e.code()).isEqualTo(SessionErrorCode.UNAVAILABLE));
        assertThatThrownBy(() -> store.append(Exercise.KEY, Exercise.event("e1")))
                .isInstanceOf(SessionNotFoundException.class);

        assertThat(calls("find", "UNAVAILABLE")).isEqualTo(1);
        assertThat(calls("append", "NOT_FOUND")).isEqualTo(1);
    }

    @Test
    void call_broken_isTimedAsUnexpected() {
        faults.on(SessionOperation.FIND).runBefore(call -> {
            throw new IllegalStateException("broken");
        });

        assertThatThrownBy(() -> store.find(Exercise.KEY, EventSelection.all())).hasMessage("broken");

        assertThat(calls("find", "unexpected")).isEqualTo(1);
    }

    @Test
    void storeAll_oneFailing_tellsItsCode() {
        faults.on(SessionOperation.STORE_ALL).skip(1).times(1).failBefore(SessionErrorCode.RATE_LIMITED);
        SessionKey other = new SessionKey("secret-app", "secret-user", "another");

        store.storeAll(List.of(
                new StoreRequest(Exercise.session(), Precondition.none()),
                new StoreRequest(
                        Session.builder(other, Exercise.T0)
                                .createTime(Exercise.T0)
                                .build(),
                        Precondition.none())));

        assertThat(calls("store_all", "RATE_LIMITED")).isEqualTo(1);
        assertThat(calls("store_all", "ok")).isZero();
    }

    @Test
    void viewForBulkWork_isTimedToo() {
        store.forBulkWork(0.3).find(Exercise.KEY, EventSelection.all());

        assertThat(calls("find", "absent")).isEqualTo(1);
    }

    @Test
    void everyMethodOfAStore_isPassedOn() {
        assertThat(Arrays.stream(MeteredSessionService.class.getDeclaredMethods())
                        .filter(method -> Modifier.isPublic(method.getModifiers()) && !method.isBridge())
                        .map(method -> method.getName()))
                .containsAll(Arrays.stream(SessionService.class.getMethods())
                        .map(method -> method.getName())
                        .collect(Collectors.toSet()));
    }

    @Test
    void close_closesTheStore() {
        store.close();

        assertThat(catchException(() -> store.find(Exercise.KEY, EventSelection.all())))
                .isInstanceOfSatisfying(
                        SessionException.class, e -> assertThat(e.code()).isEqualTo(SessionErrorCode.CLOSED));
    }

    @Test
    void meters_tellNoIds() {
        Exercise.callAll(store);

        assertThat(registry.getMeters())
                .isNotEmpty()
                .extracting(Meter::getId)
                .allSatisfy(id -> assertThat(id.toString()).doesNotContain("secret"));
    }
}
