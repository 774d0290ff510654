package io.github.sessionferry.benchmarks;

import io.github.sessionferry.core.SessionErrorCode;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.rollout.Channel;
import io.github.sessionferry.core.rollout.RolloutPlan;
import io.github.sessionferry.core.rollout.SettablePlan;
import io.github.sessionferry.core.rollout.Stage;
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

    Soak(int users, Duration time) {
        this.users = users;
        this.time = time;
    }

    SoakResult run() throws InterruptedException {
        SessionService reachedSource = new FaultySessionService(source, sourceFaults);
        SessionService reachedTarget = new FaultySessionService(target, targetFaults);
        try (StagedSessionService staged = StagedSessionService.builder(reachedSource, reachedTarget, plan)
                        .settleInterval(Duration.ofMillis(500))
                        .build();
                Crowd crowd = new Crowd()) {
            List<SoakUser> all = new ArrayList<>();
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
            all.forEach(user -> crowd.admit(() -> talk(user)));
            beside.forEach(user -> crowd.admit(() -> talk(user)));
            Waiting.pause(time.dividedBy(WARM_UP_SHARE));
            warm = true;
            walk(new StageMoves(staged, plan, reachedSource, reachedTarget), crowd);
            crowd.disperse();
            fail(false);
            all.forEach(user -> user.check(source));
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

    private static void talk(SoakUser user) {
        user.act();
        Waiting.pause(THOUGHT);
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

    private void walk(StageMoves moves, Crowd crowd) {
        List<Stage> way = new ArrayList<>(List.of(Stage.values()));
        List<Stage> back = new ArrayList<>(way.subList(0, way.size() - 1));
        Collections.reverse(back);
        way.addAll(back);
        Duration unsettled = time.dividedBy(way.size() * 4L);
        Duration settled = unsettled.multipliedBy(3);
        for (Stage stage : way) {
            if (stage != plan.current().base()) {
                fail(false);
                moves.prepare(stage);
                fail(true);
                moves.moveTo(stage, () -> Waiting.pause(unsettled));
            }
            Waiting.pause(settled);
            if (crowd.isBroken()) {
                return;
            }
        }
    }
}
