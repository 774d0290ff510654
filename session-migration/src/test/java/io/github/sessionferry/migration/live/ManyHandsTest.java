package io.github.sessionferry.migration.live;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ManyHandsTest {

    private static final List<Integer> ITEMS = IntStream.range(0, 100).boxed().toList();

    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void close() {
        threads.shutdownNow();
    }

    @Test
    void countDone_doesEachItemOnce_andCountsThoseDone() {
        Set<Integer> seen = ConcurrentHashMap.newKeySet();

        int done = new ManyHands(threads, 4).countDone(ITEMS, item -> seen.add(item) && item % 2 == 0);

        assertThat(seen).hasSize(100);
        assertThat(done).isEqualTo(50);
    }

    @Test
    void countDone_itemThatTakesLong_doesNotHoldUpTheOthers() {
        CountDownLatch others = new CountDownLatch(ITEMS.size() - 1);

        int done = new ManyHands(threads, 2).countDone(ITEMS, item -> {
            if (item == 0) {
                return awaits(others);
            }
            others.countDown();
            return true;
        });

        assertThat(done).isEqualTo(100);
    }

    private static boolean awaits(CountDownLatch latch) {
        try {
            return latch.await(30, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void countDone_neverMoreThanTheBoundAtATime() {
        AtomicInteger atOnce = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        Predicate<Integer> action = item -> {
            most.accumulateAndGet(atOnce.incrementAndGet(), Math::max);
            return atOnce.decrementAndGet() >= 0;
        };

        assertThat(new ManyHands(threads, 3).countDone(ITEMS, action)).isEqualTo(100);

        assertThat(most.get()).isBetween(1, 3);
    }

    @Test
    void countDone_executorThatLendsNoThread_isDoneByTheCaller() {
        Set<Thread> hands = ConcurrentHashMap.newKeySet();
        Predicate<Integer> action = item -> {
            hands.add(Thread.currentThread());
            return true;
        };

        assertThat(new ManyHands(never -> {}, 8).countDone(ITEMS, action)).isEqualTo(100);
        assertThat(new ManyHands(
                                closed -> {
                                    throw new RejectedExecutionException();
                                },
                                8)
                        .countDone(ITEMS, action))
                .isEqualTo(100);

        assertThat(hands).containsExactly(Thread.currentThread());
    }

    @Test
    void countDone_nothingToDo_returns() {
        assertThat(new ManyHands(threads, 8).countDone(List.of(), item -> true)).isZero();
    }
}
