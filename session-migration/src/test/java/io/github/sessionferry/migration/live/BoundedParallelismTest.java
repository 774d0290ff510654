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
class BoundedParallelismTest {

    private static final List<Integer> ITEMS = IntStream.range(0, 100).boxed().toList();

    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void close() {
        threads.shutdownNow();
    }

    @Test
    void countDone_doesEachItemOnce_andCountsThoseDone() {
        Set<Integer> seen = ConcurrentHashMap.newKeySet();

        int done = new BoundedParallelism(threads, 4).countDone(ITEMS, item -> seen.add(item) && item % 2 == 0);

        assertThat(seen).hasSize(100);
        assertThat(done).isEqualTo(50);
    }

    @Test
    void countDone_itemThatTakesLong_doesNotHoldUpTheOthers() {
        CountDownLatch others = new CountDownLatch(ITEMS.size() - 1);

        int done = new BoundedParallelism(threads, 2).countDone(ITEMS, item -> {
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

        assertThat(new BoundedParallelism(threads, 3).countDone(ITEMS, action)).isEqualTo(100);

        assertThat(most.get()).isBetween(1, 3);
    }

    @Test
    void countDone_executorThatLendsNoThread_isDoneByTheCaller() {
        Set<Thread> workers = ConcurrentHashMap.newKeySet();
        Predicate<Integer> action = item -> {
            workers.add(Thread.currentThread());
            return true;
        };

        assertThat(new BoundedParallelism(never -> {}, 8).countDone(ITEMS, action))
                .isEqualTo(100);
        assertThat(new BoundedParallelism(
                                closed -> {
                                    throw new RejectedExecutionException();
                                },
                                8)
                        .countDone(ITEMS, action))
                .isEqualTo(100);

        assertThat(workers).containsExactly(Thread.currentThread());
    }

    @Test
    void countDone_nothingToDo_returns() {
        assertThat(new BoundedParallelism(threads, 8).countDone(List.of(), item -> true))
                .isZero();
    }
}
