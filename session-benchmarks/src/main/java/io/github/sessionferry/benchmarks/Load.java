package io.github.sessionferry.benchmarks;

import io.github.sessionferry.core.ScanCursor;
import io.github.sessionferry.core.ScanPage;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.SessionStores;
import io.github.sessionferry.core.SessionSummary;
import io.github.sessionferry.core.rollout.Channel;
import io.github.sessionferry.core.rollout.RolloutPlan;
import io.github.sessionferry.core.rollout.SettablePlan;
import io.github.sessionferry.core.rollout.Stage;
import io.github.sessionferry.migration.live.StagedSessionService;
import io.github.sessionferry.testkit.redis.RedisServer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Users of a web application whose sessions move from its files to Redis, through all stages, one after the other; in each
 * stage that needs Redis it is killed in the middle and started again. Used once, by one thread.
 *
 * <p>Users pause after each operation, the longer the more they are: without that they begin more than the second store can
 * take, so that something is always owed and no move is allowed.
 */
final class Load {

    private static final String LAYOUT = "?layout=web&userKey=user_id";
    private static final int PAGE = 500;
    private static final int MOST_OPERATIONS_A_SECOND = 1_250;

    private final int users;
    private final int operations;
    private final LoadResult result = new LoadResult();
    private final SettablePlan plan = new SettablePlan(RolloutPlan.everybodyIn(Stage.SOURCE_ONLY));

    /**
     * A load.
     *
     * @param operations how many all users together make in each stage, at least
     */
    Load(int users, int operations) {
        this.users = users;
        this.operations = operations;
    }

    LoadResult run() throws IOException, InterruptedException {
        try (TemporaryFolder folder = TemporaryFolder.create();
                RedisServer redis = RedisServer.startDurable();
                SessionService source =
                        SessionStores.open("file:" + folder.path().resolve("sessions") + LAYOUT + "&create=true");
                SessionService target = SessionStores.open(redis.address() + LAYOUT);
                StagedSessionService staged = StagedSessionService.builder(source, target, plan)
                        .debtFile(folder.path().resolve("debt.jsonl"))
                        .settleInterval(Duration.ofSeconds(1))
                        .build();
                Crowd crowd = new Crowd()) {
            List<LoadUser> all = new ArrayList<>();
            for (int i = 1; i <= users; i++) {
                all.add(new LoadUser(i, staged.serviceFor(Integer.toString(i), Channel.TEXT), result));
            }
            long begin = System.nanoTime();
            Duration pause = Duration.ofSeconds(users).dividedBy(MOST_OPERATIONS_A_SECOND);
            all.forEach(user -> crowd.admit(() -> {
                user.act();
                Waiting.pause(pause);
            }));
            walk(new StageMoves(staged, plan, source, target), redis, crowd);
            crowd.disperse();
            result.took(Duration.ofNanos(System.nanoTime() - begin));
            check(all, staged, redis);
        }
        return result;
    }

    private void walk(StageMoves moves, RedisServer redis, Crowd crowd) {
        for (Stage stage : Stage.values()) {
            if (stage != Stage.SOURCE_ONLY) {
                moves.prepare(stage);
                moves.moveTo(stage, () -> awaitOperations(operations / 10, crowd));
            }
            awaitOperations(operations / 2, crowd);
            if (stage != Stage.SOURCE_ONLY) {
                redis.restart();
            }
            awaitOperations(operations / 2, crowd);
        }
    }

    private void awaitOperations(int more, Crowd crowd) {
        long end = result.all().number() + more;
        Waiting.until(() -> result.all().number() >= end || crowd.isBroken());
    }

    /** Compares what users were told with what the staged service answers, and with what Redis alone does. */
    private void check(List<LoadUser> all, StagedSessionService staged, RedisServer redis) {
        all.forEach(user -> user.check(staged.serviceFor("", Channel.TEXT)));
        try (SessionService alone = SessionStores.open(redis.address() + LAYOUT)) {
            all.forEach(user -> user.check(alone));
            Set<SessionKey> begun = new HashSet<>();
            all.forEach(user -> user.addSessionsTo(begun));
            result.audit().doubled(countStrange(alone, begun));
        }
    }

    /** How many sessions of the application a store tells a second time, or has although nobody began them. */
    private static long countStrange(SessionService store, Set<SessionKey> begun) {
        Set<SessionKey> awaited = new HashSet<>(begun);
        long strange = 0;
        for (ScanCursor partition : store.scanPartitions(1)) {
            Optional<ScanCursor> next = Optional.of(partition);
            while (next.isPresent()) {
                ScanPage page = store.scan(next.get(), PAGE);
                strange += page.unreadable().size();
                for (SessionSummary session : page.sessions()) {
                    SessionKey key = session.key();
                    strange += key.appName().equals(SessionKey.RESERVED_APP_NAME) || awaited.remove(key) ? 0 : 1;
                }
                next = page.next();
            }
        }
        return strange;
    }
}
