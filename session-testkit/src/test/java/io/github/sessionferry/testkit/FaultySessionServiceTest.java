package io.github.sessionferry.testkit;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.sessionferry.core.AmbiguousOutcomeException;
import io.github.sessionferry.core.EventSelection;
import io.github.sessionferry.core.NewSession;
import io.github.sessionferry.core.Precondition;
import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionErrorCode;
import io.github.sessionferry.core.SessionEvent;
import io.github.sessionferry.core.SessionException;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SessionNotFoundException;
import io.github.sessionferry.core.StoreRequest;
import io.github.sessionferry.core.StoreResult;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class FaultySessionServiceTest {

    private static final Instant START = Instant.parse("2026-03-01T12:00:00Z");
    private static final SessionKey KEY = new SessionKey("app", "user", "session");
    private static final SessionEvent EVENT =
            SessionEvent.builder("e1", "user", START).build();

    private final TestClock clock = TestClock.at(START);
    private final InMemorySessionService memory =
            InMemorySessionService.builder().clock(clock).build();
    private final SessionFaults faults = SessionFaults.seeded(42, clock::advance);
    private final FaultySessionService store = new FaultySessionService(memory, faults);

    @Test
    void failBefore_change_isNotApplied() {
        faults.on(SessionOperation.CREATE).failBefore(SessionErrorCode.RATE_LIMITED);

        SessionException thrown = catchThrowableOfType(SessionException.class, this::create);

        assertThat(thrown.code()).isEqualTo(SessionErrorCode.RATE_LIMITED);
        assertThat(thrown.key()).contains(KEY);
        assertThat(memory.find(KEY, EventSelection.all())).isEmpty();
    }

    @Test
    void failBefore_ambiguous_isItsOwnType() {
        faults.onAny().failBefore(SessionErrorCode.AMBIGUOUS);

        assertThatThrownBy(this::create).isInstanceOf(AmbiguousOutcomeException.class);
    }

    @Test
    void failAfter_change_isAppliedAndAmbiguous() {
        faults.on(SessionOperation.CREATE).failAfter();

        assertThatThrownBy(this::create).isInstanceOf(AmbiguousOutcomeException.class);

        assertThat(memory.find(KEY, EventSelection.all())).isPresent();
    }

    @Test
    void failAfter_read_isUnavailable() {
        faults.on(SessionOperation.FIND).failAfter();

        assertThat(catchThrowableOfType(SessionException.class, () -> store.find(KEY, EventSelection.all()))
                        .code())
                .isEqualTo(SessionErrorCode.UNAVAILABLE);
    }

    @Test
    void failAfter_callThatTheStoreRefuses_keepsItsError() {
        faults.onAny().failAfter();

        assertThatThrownBy(() -> store.append(KEY, EVENT)).isInstanceOf(SessionNotFoundException.class);
    }

    @Test
    void skipAndTimes_nthCall_isTheOnlyOne() {
        faults.on(SessionOperation.FIND).skip(2).times(1).failBefore(SessionErrorCode.UNAVAILABLE);

        List<Boolean> failed = outcomesOfFinds(5);

        assertThat(failed).containsExactly(false, false, true, false, false);
        assertThat(faults.calls(SessionOperation.FIND)).isEqualTo(5);
        assertThat(faults.totalCalls()).isEqualTo(5);
    }

    @Test
    void forKeys_otherSession_isServed() {
        faults.onAny().forKeys(KEY::equals).failBefore(SessionErrorCode.UNAVAILABLE);

        assertThat(store.find(new SessionKey("app", "user", "other"), EventSelection.all()))
                .isEmpty();
        assertThatThrownBy(() -> store.find(KEY, EventSelection.all())).isInstanceOf(SessionException.class);
    }

    @Test
    void probability_sameSeed_givesTheSameFaultsInAboutTheShare() {
        faults.onAny().probability(0.2).failBefore(SessionErrorCode.UNAVAILABLE);
        List<Boolean> first = outcomesOfFinds(2_000);
        SessionFaults again = SessionFaults.seeded(42);
        again.onAny().probability(0.2).failBefore(SessionErrorCode.UNAVAILABLE);

        List<Boolean> second = outcomesOfFinds(new FaultySessionService(memory, again), 2_000);

        assertThat(second).isEqualTo(first);
        assertThat(first.stream().filter(failed -> failed).count()).isBetween(300L, 500L);
    }

    @Test
    void delay_waiter_letsTimePassBeforeOrAfter() {
        faults.on(SessionOperation.CREATE).delayBefore(Duration.ofSeconds(3));
        faults.on(SessionOperation.APPEND).delayAfter(Duration.ofSeconds(4));

        Session created = create();
        store.append(KEY, EVENT);

        assertThat(created.updateTime()).isEqualTo(START.plusSeconds(3));
        assertThat(clock.instant()).isEqualTo(START.plusSeconds(7));
    }

    @Test
    void hangBefore_released_goesOn() throws Exception {
        faults.on(SessionOperation.CREATE).hangBefore();
        CompletableFuture<Session> call = inBackground(this::create);
        assertThat(faults.awaitHanging(1, Duration.ofSeconds(30))).isTrue();
        boolean appliedWhileHanging = memory.find(KEY, EventSelection.all()).isPresent();

        faults.release();

        assertThat(call.get(30, SECONDS).key()).isEqualTo(KEY);
        assertThat(appliedWhileHanging).isFalse();
    }

    @Test
    void hangAfter_isAppliedMeanwhile() throws Exception {
        faults.on(SessionOperation.CREATE).hangAfter();
        CompletableFuture<Session> call = inBackground(this::create);
        assertThat(faults.awaitHanging(1, Duration.ofSeconds(30))).isTrue();

        assertThat(memory.find(KEY, EventSelection.all())).isPresent();

        faults.release();
        assertThat(call.get(30, SECONDS)).isNotNull();
    }

    @Test
    void hang_closed_endsTheCall() throws Exception {
        faults.onAny().hangBefore();
        CompletableFuture<Session> call = inBackground(this::create);
        assertThat(faults.awaitHanging(1, Duration.ofSeconds(30))).isTrue();

        store.close();

        assertThat(codeOf(call)).isEqualTo(SessionErrorCode.CLOSED);
    }

    @Test
    void hang_interrupted_tellsWhetherItMayHaveBeenApplied() throws Exception {
        faults.on(SessionOperation.CREATE).hangBefore();
        faults.on(SessionOperation.APPEND).hangAfter();
        memory.create(NewSession.builder(KEY).build());

        assertThat(codeWhenInterrupted(
                        () -> store.create(NewSession.builder("app", "user").build())))
                .isEqualTo(SessionErrorCode.UNAVAILABLE);
        assertThat(codeWhenInterrupted(() -> store.append(KEY, EVENT))).isEqualTo(SessionErrorCode.AMBIGUOUS);
    }

    @Test
    void awaitHanging_nothingHangs_saysSo() throws Exception {
        assertThat(faults.awaitHanging(1, Duration.ofMillis(1))).isFalse();
    }

    @Test
    void run_otherAction_happensBetween() {
        List<String> seen = new ArrayList<>();
        faults.on(SessionOperation.CREATE).times(1).runBefore(call -> seen.add("before, stored: " + isStored()));
        create();
        memory.delete(KEY, Precondition.none());
        faults.on(SessionOperation.CREATE).runAfter(call -> seen.add("after, stored: " + isStored()));
        create();

        assertThat(seen).containsExactly("before, stored: false", "after, stored: true");
    }

    @Test
    void storeAll_faultOfOneSession_isInItsResult() {
        List<StoreRequest> requests = IntStream.range(0, 4)
                .mapToObj(i -> new StoreRequest(
                        Session.builder(new SessionKey("app", "user", "s" + i), START)
                                .build(),
                        Precondition.absent()))
                .toList();
        memory.store(requests.get(3).session(), Precondition.none());
        faults.on(SessionOperation.STORE_ALL)
                .forKeys(key -> key.sessionId().equals("s1"))
                .failBefore(SessionErrorCode.UNAVAILABLE);
        faults.on(SessionOperation.STORE_ALL)
                .forKeys(key -> key.sessionId().equals("s2"))
                .failAfter();

        List<StoreResult> results = store.storeAll(requests);

        assertThat(results)
                .extracting(StoreResult::key)
                .isEqualTo(requests.stream()
                        .map(request -> request.session().key())
                        .toList());
        assertThat(results)
                .extracting(result -> result.failure()
                        .map(failure -> failure.code().name())
                        .orElseGet(() -> result.get().status().name()))
                .containsExactly("CREATED", "UNAVAILABLE", "AMBIGUOUS", "CONFLICT");
        assertThat(memory.find(results.get(1).key(), EventSelection.none())).isEmpty();
        assertThat(memory.find(results.get(2).key(), EventSelection.none())).isPresent();
    }

    @Test
    void clearAndResetCalls_beginAnew() {
        faults.onAny().failBefore(SessionErrorCode.UNAVAILABLE);
        outcomesOfFinds(1);

        faults.clear();
        faults.resetCalls();

        assertThat(outcomesOfFinds(1)).containsExactly(false);
        assertThat(faults.calls(SessionOperation.FIND)).isEqualTo(1);
    }

    @Test
    void rule_badBounds_areRefused() {
        assertThatThrownBy(() -> faults.onAny().skip(-1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> faults.onAny().times(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> faults.onAny().probability(1.1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> faults.onAny().probability(Double.NaN)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> faults.on()).isInstanceOf(IllegalArgumentException.class);
    }

    private Session create() {
        return store.create(NewSession.builder(KEY).build());
    }

    private boolean isStored() {
        return memory.find(KEY, EventSelection.none()).isPresent();
    }

    private List<Boolean> outcomesOfFinds(int calls) {
        return outcomesOfFinds(store, calls);
    }

    private static List<Boolean> outcomesOfFinds(FaultySessionService service, int calls) {
        return IntStream.range(0, calls)
                .mapToObj(i -> {
                    try {
                        return service.find(KEY, EventSelection.none()).isPresent();
                    } catch (SessionException e) {
                        return true;
                    }
                })
                .toList();
    }

    private static <T> CompletableFuture<T> inBackground(Supplier<T> call) {
        CompletableFuture<T> result = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            try {
                result.complete(call.get());
            } catch (Throwable e) {
                result.completeExceptionally(e);
            }
        });
        thread.setDaemon(true);
        thread.start();
        return result;
    }

    private SessionErrorCode codeWhenInterrupted(Supplier<?> call) throws Exception {
        CompletableFuture<Thread> runner = new CompletableFuture<>();
        CompletableFuture<Boolean> stillInterrupted = new CompletableFuture<>();
        CompletableFuture<Object> result = inBackground(() -> {
            runner.complete(Thread.currentThread());
            try {
                return call.get();
            } finally {
                stillInterrupted.complete(Thread.currentThread().isInterrupted());
            }
        });
        assertThat(faults.awaitHanging(1, Duration.ofSeconds(30))).isTrue();
        runner.get(30, SECONDS).interrupt();
        SessionErrorCode code = codeOf(result);
        assertThat(stillInterrupted.get(30, SECONDS)).isTrue();
        return code;
    }

    private static SessionErrorCode codeOf(CompletableFuture<?> call) {
        ExecutionException thrown = catchThrowableOfType(ExecutionException.class, () -> call.get(30, SECONDS));
        return ((SessionException) thrown.getCause()).code();
    }
}
