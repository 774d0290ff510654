package io.github.sessionferry.benchmarks;

import io.github.sessionferry.core.SessionErrorCode;
import io.github.sessionferry.core.SessionException;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.rollout.Channel;
import io.github.sessionferry.core.rollout.RolloutPlan;
import io.github.sessionferry.core.rollout.SettablePlan;
import io.github.sessionferry.core.rollout.Stage;
import io.github.sessionferry.core.rollout.StoreSide;
import io.github.sessionferry.migration.Migrator;
import io.github.sessionferry.migration.live.StagedSessionService;
import io.github.sessionferry.testkit.FaultySessionService;
import io.github.sessionferry.testkit.InMemorySessionService;
import io.github.sessionferry.testkit.SessionFaults;
import io.github.sessionferry.testkit.SessionOperation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;

/**
 * Users of two stores whose calls fail, while an operator takes all of them through the stages and back; and beside them
 * users of one such store alone, to compare with.
 *
 * <p>Failures pause while the operator waits for the debt to be paid, which a move demands: at 5 % there is always some.
 * The moves themselves are made with failures on. Used once, by one thread.
 */
final class Soak {

    /** The times while processes may be in two stages, and reads look into both stores if the authority changes. */
    static final String MOVING = "a move";

    private static final String WARMING_UP = "warming up";
    private static final int WARM_UP_SHARE = 10;
    private static final Duration CALL = Duration.ofNanos(300_000);
    private static final Duration SLOW_CALL = Duration.ofMillis(15);
    private static final Duration THOUGHT = Duration.ofMillis(40);
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(2);
    private static final SessionOperation[] CHANGES = Arrays.stream(SessionOperation.values())
            .filter(SessionOperation::isChange)
            .toArray(SessionOperation[]::new);

    private final int users;
    private final Duration time;
    private final SoakResult result = new SoakResult();
    private final InMemorySessionService source = InMemorySessionService.create();
    private final InMemorySessionService target = InMemorySessionService.create();
    private final SessionFaults sourceFaults = SessionFaults.seeded(1);
    private final SessionFaults targetFaults = SessionFaults.seeded(2);
    private final SessionFaults plainFaults = SessionFaults.seeded(3);
    private final SettablePlan plan = new SettablePlan(RolloutPlan.everybodyIn(Stage.SOURCE_ONLY));
    private volatile boolean warm;
    private volatile boolean over;

    Soak(int users, Duration time) {
        this.users = users;
        this.time = time;
    }

    SoakResult run() throws InterruptedException {
        SessionService reachedSource = new FaultySessionService(source, sourceFaults);
        SessionService reachedTarget = new FaultySessionService(target, targetFaults);
        ExecutorService threads = Executors.newCachedThreadPool();
        try (StagedSessionService staged = StagedSessionService.builder(reachedSource, reachedTarget, plan)
                .settleInterval(Duration.ofMillis(500))
                .build()) {
            List<SoakUser> all = new ArrayList<>();
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < users; i++) {
                String id = "user-" + i;
                all.add(user(id, false, staged.serviceFor(id, Channel.TEXT)));
            }
            SessionService plain = new FaultySessionService(InMemorySessionService.create(), plainFaults);
            List<SoakUser> beside = new ArrayList<>();
            for (int i = 0; i < Math.max(2, users / 5); i++) {
                beside.add(user("plain-" + i, true, plain));
            }
            fail(true, plainFaults);
            fail(true);
            for (SoakUser user : all) {
                running.add(threads.submit(() -> talk(user)));
            }
            for (SoakUser user : beside) {
                running.add(threads.submit(() -> talk(user)));
            }
            pause(time.dividedBy(WARM_UP_SHARE));
            warm = true;
            walk(staged, running, reachedSource, reachedTarget);
            over = true;
            for (Future<?> user : running) {
                require(user);
            }
            fail(false);
            all.forEach(user -> user.check(source));
        } finally {
            over = true;
            threads.shutdownNow();
        }
        return result;
    }

    private SoakUser user(String id, boolean isPlain, SessionService sessions) {
        return new SoakUser(id, isPlain, sessions, this::phase, result);
    }

    /** What the times of the moment are counted under. */
    private String phase() {
        RolloutPlan now = plan.current();
        return !warm ? WARMING_UP : now.isSettled() ? now.base().name() : MOVING;
    }

    private void talk(SoakUser user) {
        while (!over) {
            user.act();
            pause(THOUGHT);
        }
    }

    private static void require(Future<?> user) throws InterruptedException {
        try {
            user.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("a user was told what cannot be", e.getCause());
        }
    }

    private void fail(boolean fails) {
        fail(fails, sourceFaults);
        fail(fails, targetFaults);
    }

    private static void fail(boolean fails, SessionFaults faults) {
        faults.clear();
        if (fails) {
            faults.onAny().probability(0.03).failBefore(SessionErrorCode.UNAVAILABLE);
            faults.on(CHANGES).probability(0.02).failAfter();
            faults.onAny().probability(0.02).delayBefore(SLOW_CALL);
        }
        faults.onAny().delayBefore(CALL);
    }

    private void walk(
            StagedSessionService staged,
            List<Future<?>> running,
            SessionService fromSource,
            SessionService fromTarget) {
        List<Stage> way = new ArrayList<>(List.of(Stage.values()));
        List<Stage> back = new ArrayList<>(way.subList(0, way.size() - 1));
        Collections.reverse(back);
        way.addAll(back);
        Duration unsettled = time.dividedBy(way.size() * 4L);
        Duration settled = unsettled.multipliedBy(3);
        for (Stage stage : way) {
            if (stage != plan.current().base()) {
                move(staged, stage, unsettled, fromSource, fromTarget);
            }
            pause(settled);
            if (running.stream().anyMatch(Future::isDone)) {
                return;
            }
        }
    }

    private void move(
            StagedSessionService staged,
            Stage next,
            Duration unsettled,
            SessionService fromSource,
            SessionService fromTarget) {
        Stage now = plan.current().base();
        fail(false);
        settle(staged);
        if (now.authority() != next.authority()) {
            boolean forth = next.authority() == StoreSide.TARGET;
            carryOver(forth ? fromSource : fromTarget, forth ? fromTarget : fromSource);
            settle(staged);
        }
        fail(true);
        plan.set(RolloutPlan.everybodyIn(next).withSettled(false));
        await(staged::isDrained);
        pause(unsettled);
        plan.set(RolloutPlan.everybodyIn(next));
        await(staged::isDrained);
    }

    private static void settle(StagedSessionService staged) {
        await(() -> {
            try {
                return staged.settleDebt() == 0 && staged.debt().isEmpty();
            } catch (SessionException e) {
                return false;
            }
        });
    }

    /** Brings over what one store has and the other lacks, before the other one decides. */
    private static void carryOver(SessionService from, SessionService to) {
        await(() -> Migrator.builder(from, to).build().run().succeeded());
    }

    private static void await(BooleanSupplier condition) {
        long end = System.nanoTime() + LONGEST_WAIT.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException("a move waited for more than " + LONGEST_WAIT);
            }
            pause(Duration.ofMillis(1));
        }
    }

    private static void pause(Duration pause) {
        try {
            Thread.sleep(pause.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
