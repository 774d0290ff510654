package io.github.sessionferry.core.quota;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class CallPacerTest {

    private final VirtualTime time = new VirtualTime();
    private final CallPacer pacer = pacer(CallLimit.of(60));

    private CallPacer pacer(CallLimit limit) {
        return new CallPacer("calls", limit, time);
    }

    @Test
    void await_manyCalls_areEvenlySpaced() throws InterruptedException {
        List<Duration> passed = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            pacer.await(1);
            passed.add(time.elapsed());
        }

        assertThat(passed)
                .containsExactly(Duration.ZERO, Duration.ofSeconds(1), Duration.ofSeconds(2), Duration.ofSeconds(3));
    }

    @Test
    void await_tellsHowLongItTook() throws InterruptedException {
        assertThat(pacer.await(1)).isZero();
        time.advance(Duration.ofMillis(400));

        assertThat(pacer.await(1)).isEqualTo(Duration.ofMillis(600));
    }

    @Test
    void await_severalCallsTogether_takeTheirTimeAfterwards() throws InterruptedException {
        assertThat(pacer.await(30)).isZero();

        assertThat(pacer.await(1)).isEqualTo(Duration.ofSeconds(30));
    }

    @Test
    void await_afterALongRest_makesUpForAMomentOnly() throws InterruptedException {
        CallPacer fast = pacer(CallLimit.of(60_000));
        fast.await(1);
        time.advance(Duration.ofHours(1));

        Duration before = time.elapsed();
        fast.await(250);
        fast.await(1);
        assertThat(time.elapsed()).isEqualTo(before);

        assertThat(fast.await(1)).isPositive();
    }

    @Test
    void await_manyThreads_passNoFasterThanOne() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            List<Future<Duration>> calls = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                calls.add(threads.submit(() -> pacer.await(1)));
            }
            for (Future<Duration> call : calls) {
                call.get();
            }
        } finally {
            threads.shutdownNow();
        }

        assertThat(time.elapsed()).isEqualTo(Duration.ofSeconds(99));
        assertThat(pacer.quota().made()).isEqualTo(100);
    }

    @Test
    void await_interrupted_givesUpAndLetsOthersPass() throws InterruptedException {
        pacer.await(1);

        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> pacer.await(1)).isInstanceOf(InterruptedException.class);

        assertThat(pacer.await(1)).isEqualTo(Duration.ofSeconds(1));
        assertThat(pacer.quota().made()).isEqualTo(2);
    }

    @Test
    void await_interruptedBehindOthers_givesUpBeforeItsTurn() throws Exception {
        pacer.await(1);
        Gate gate = new Gate();
        time.whileAsleep = gate::pass;
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            Future<Duration> first = threads.submit(() -> pacer.await(1));
            gate.awaitArrival();
            Future<?> second = threads.submit(() -> {
                Thread.currentThread().interrupt();
                assertThatThrownBy(() -> pacer.await(1)).isInstanceOf(InterruptedException.class);
            });

            second.get(10, TimeUnit.SECONDS);

            assertThat(first.isDone()).isFalse();
            gate.open();
            assertThat(first.get(10, TimeUnit.SECONDS)).isEqualTo(Duration.ofSeconds(1));
            assertThat(pacer.quota().made()).isEqualTo(2);
        } finally {
            gate.open();
            threads.shutdownNow();
        }
    }

    @Test
    void await_whoeverAskedFirst_passesFirst() throws Exception {
        pacer.await(1);
        Gate gate = new Gate();
        time.whileAsleep = gate::pass;
        FutureTask<Duration> greedy = new FutureTask<>(() -> {
            pacer.await(1);
            return pacer.await(1);
        });
        FutureTask<Duration> patient = new FutureTask<>(() -> pacer.await(1));
        Thread patientThread = new Thread(patient);

        new Thread(greedy).start();
        gate.awaitArrival();
        patientThread.start();
        while (patientThread.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
        gate.open();

        assertThat(patient.get(10, TimeUnit.SECONDS)).isEqualTo(Duration.ofSeconds(2));
        assertThat(greedy.get(10, TimeUnit.SECONDS)).isLessThanOrEqualTo(Duration.ofSeconds(2));
        assertThat(time.elapsed()).isEqualTo(Duration.ofSeconds(3));
    }

    @Test
    void await_noCalls_isRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> pacer.await(0));
    }

    @Test
    void refused_withAWish_nothingPassesBefore() throws InterruptedException {
        pacer.await(1);

        pacer.refused(Duration.ofSeconds(42));

        assertThat(pacer.await(1)).isEqualTo(Duration.ofSeconds(42));
    }

    @Test
    void refused_whileAnotherWaitsForItsTurn_holdsThatOneBackToo() throws InterruptedException {
        pacer.await(1);
        time.whileAsleep = () -> {
            time.whileAsleep = () -> {};
            pacer.refused(Duration.ofSeconds(42));
        };

        assertThat(pacer.await(1)).isEqualTo(Duration.ofSeconds(42));
    }

    @Test
    void refused_wishesOfSeveral_theLongestCounts() throws InterruptedException {
        pacer.await(1);

        pacer.refused(Duration.ofSeconds(42));
        pacer.refused(Duration.ofSeconds(3));

        assertThat(pacer.await(1)).isEqualTo(Duration.ofSeconds(42));
    }

    @Test
    void refused_withoutAWish_pausesTenSeconds() throws InterruptedException {
        pacer.await(1);

        pacer.refused(null);

        assertThat(pacer.await(1)).isEqualTo(Duration.ofSeconds(10));
    }

    @Test
    void refused_absurdWish_isGrantedForFiveMinutes() throws InterruptedException {
        pacer.await(1);

        pacer.refused(Duration.ofDays(30));

        assertThat(pacer.await(1)).isEqualTo(Duration.ofMinutes(5));
    }

    @Test
    void refused_once_slowsDownByAQuarter() throws InterruptedException {
        pacer.await(1);

        pacer.refused(Duration.ofSeconds(10));
        pacer.await(1);

        assertThat(pacer.quota().ratePerMinute()).isEqualTo(45);
        assertThat(pacer.await(1).toMillis()).isEqualTo(1_333);
    }

    @Test
    void refused_burstOfParallelCalls_isOneSlowDown() throws InterruptedException {
        pacer.await(64);

        for (int i = 0; i < 64; i++) {
            pacer.refused(Duration.ZERO);
        }

        assertThat(pacer.quota().ratePerMinute()).isEqualTo(45);
        assertThat(pacer.quota().refused()).isEqualTo(64);
    }

    @Test
    void refused_againInTheNextMinute_slowsDownFurther() throws InterruptedException {
        pacer.await(1);
        pacer.refused(Duration.ofMinutes(1));
        pacer.await(1);

        pacer.refused(Duration.ofMinutes(1));

        assertThat(pacer.quota().ratePerMinute()).isEqualTo(60 * 0.75 * 0.75);
    }

    @Test
    void refused_alwaysAgain_keepsAHundredthOfTheRate() throws InterruptedException {
        pacer.await(1);
        for (int i = 0; i < 100; i++) {
            pacer.refused(Duration.ofMinutes(1));
            time.advance(Duration.ofMinutes(1));
        }

        assertThat(pacer.quota().ratePerMinute()).isEqualTo(0.6);
    }

    @Test
    void rate_afterARefusal_comesBackGraduallyUpToTheLimit() throws InterruptedException {
        pacer.await(1);
        pacer.refused(Duration.ofSeconds(30));

        time.advance(Duration.ofSeconds(30));
        assertThat(pacer.quota().ratePerMinute()).isEqualTo(45);
        time.advance(Duration.ofMinutes(2));
        assertThat(pacer.quota().ratePerMinute()).isCloseTo(51, within(1e-9));
        time.advance(Duration.ofMinutes(30));
        assertThat(pacer.quota().ratePerMinute()).isEqualTo(60);
    }

    @Test
    void quota_tellsWhatWasAllowedAndMade() throws InterruptedException {
        assertThat(pacer.quota().allowed()).isZero();
        for (int i = 0; i < 31; i++) {
            pacer.await(1);
        }
        pacer.refused(Duration.ZERO);

        assertThat(pacer.quota().kind()).isEqualTo("calls");
        assertThat(pacer.quota().perMinute()).isEqualTo(60);
        assertThat(pacer.quota().allowed()).isEqualTo(30);
        assertThat(pacer.quota().made()).isEqualTo(31);
        assertThat(pacer.quota().refused()).isEqualTo(1);
    }

    @Test
    void limitThatGrows_isFollowedStepByStep() throws InterruptedException {
        CallPacer ramp = pacer(new CallLimit(60, 1.5, Duration.ofMinutes(5)));

        ramp.await(1);
        time.advance(Duration.ofMinutes(5).minusNanos(1));
        assertThat(ramp.quota().perMinute()).isEqualTo(60);
        time.advance(Duration.ofNanos(1));
        assertThat(ramp.quota().perMinute()).isEqualTo(90);
        time.advance(Duration.ofMinutes(7));

        assertThat(ramp.quota().perMinute()).isEqualTo(135);
        assertThat(ramp.quota().allowed()).isCloseTo(5 * 60 + 5 * 90 + 2 * 135, within(1e-6));
        ramp.await(16);
        assertThat(ramp.await(1).toMillis()).isEqualTo(Math.round(16 * 60_000.0 / 135 - 250));
        assertThat(ramp.quota().timeFor(5 * 135 + 202.5)).isEqualTo(Duration.ofMinutes(6));
    }

    @Test
    void limit_lessAReserve_isTheRest() {
        assertThat(CallLimit.of(300).less(0.3).perMinute()).isCloseTo(210, within(1e-9));
    }

    @Test
    void limit_nonsense_isRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> CallLimit.of(0));
        assertThatIllegalArgumentException().isThrownBy(() -> CallLimit.of(Double.NaN));
        assertThatIllegalArgumentException().isThrownBy(() -> new CallLimit(1, 0.9, Duration.ofMinutes(1)));
        assertThatIllegalArgumentException().isThrownBy(() -> new CallLimit(1, 1, Duration.ZERO));
    }

    /** Moves only when somebody sleeps; one thread at a time does, the one whose turn it is. */
    private static final class VirtualTime implements PacingTime {

        private volatile Runnable whileAsleep = () -> {};
        private long now;

        @Override
        public synchronized long nanoTime() {
            return now;
        }

        @Override
        public void sleep(Duration time) throws InterruptedException {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            whileAsleep.run();
            advance(time);
        }

        synchronized void advance(Duration time) {
            now += time.toNanos();
        }

        Duration elapsed() {
            return Duration.ofNanos(nanoTime());
        }
    }

    /** Holds up whoever comes until it is opened. */
    private static final class Gate {

        private final CountDownLatch arrived = new CountDownLatch(1);
        private final CountDownLatch opened = new CountDownLatch(1);

        void pass() {
            arrived.countDown();
            await(opened);
        }

        void awaitArrival() {
            await(arrived);
        }

        void open() {
            opened.countDown();
        }

        private static void await(CountDownLatch latch) {
            try {
                assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }
}
