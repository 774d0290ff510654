package io.github.sessionferry.migration.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.sessionferry.core.EventSelection;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.rollout.StoreSide;
import io.github.sessionferry.testkit.InMemorySessionService;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ShadowReadsTest {

    private static final SessionKey KEY = new SessionKey("app", "user", "s");
    private static final int MORE_THAN_LOOKS_IN_VAIN = 1_000;

    private final Queue<Runnable> looks = new ArrayDeque<>();
    private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1) {
        @Override
        public ScheduledFuture<?> schedule(Runnable look, long delay, TimeUnit unit) {
            ScheduledFuture<?> future = super.schedule(() -> {}, 0, unit);
            looks.add(look);
            return future;
        }
    };
    private int compared;
    private int dropped;
    private final StagedListener listener = new StagedListener() {
        @Override
        public void shadowCompared(SessionKey key, boolean equal) {
            compared++;
        }

        @Override
        public void shadowDropped() {
            dropped++;
        }
    };
    private final ShadowReads shadow = new ShadowReads(
            new StorePair(InMemorySessionService.create(), InMemorySessionService.create()),
            Runnable::run,
            timer,
            1,
            2,
            listener);

    @AfterEach
    void close() {
        timer.shutdownNow();
    }

    private void compare() {
        shadow.compare(KEY, EventSelection.all(), Optional.empty(), StoreSide.SOURCE);
    }

    /** Lets the queue be looked at so often, unless nobody looks any more. */
    private void look(int times) {
        for (int i = 0; i < times && !looks.isEmpty(); i++) {
            looks.remove().run();
        }
    }

    @Test
    void compare_severalReads_areBegunAtOneLook() {
        compare();
        compare();
        int atOnce = compared;

        assertThat(looks).hasSize(1);
        look(1);
        assertThat(atOnce).isZero();
        assertThat(compared).isEqualTo(2);
    }

    @Test
    void compare_moreThanThereIsRoomFor_areDroppedUntilThereIsAgain() {
        compare();
        compare();
        compare();
        look(1);
        compare();
        look(1);

        assertThat(dropped).isEqualTo(1);
        assertThat(compared).isEqualTo(3);
    }

    @Test
    void compare_afterNothingForLong_isLookedForAgain() {
        compare();
        look(MORE_THAN_LOOKS_IN_VAIN);
        boolean rests = looks.isEmpty();
        compare();
        look(1);

        assertThat(rests).isTrue();
        assertThat(compared).isEqualTo(2);
    }

    @Test
    void compare_afterTheEnd_isDropped() {
        timer.shutdownNow();

        compare();

        assertThat(dropped).isEqualTo(1);
        assertThat(compared).isZero();
    }
}
