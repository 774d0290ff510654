package io.github.sessionferry.migration.live;

import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.rollout.RolloutPlan;
import io.github.sessionferry.core.rollout.RolloutPolicy;
import io.github.sessionferry.core.rollout.Stage;
import io.github.sessionferry.core.rollout.StoreSide;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What happens in a {@link LiveWorld}, all drawn from one seed. Immutable.
 *
 * @param seed also draws the order of the steps
 * @param talksLive whether users talk live too
 * @param firstStage the stage of all users at first
 * @param processes the operations of each process's users, one after the other
 * @param moves the stages that the operator goes to
 * @param crashes when processes end without notice
 * @param outages when stores answer nothing
 * @param faultShare how many of all calls fail
 */
record Scenario(
        long seed,
        boolean talksLive,
        Stage firstStage,
        List<List<Op>> processes,
        List<Move> moves,
        List<CrashAt> crashes,
        List<Outage> outages,
        double faultShare) {

    enum Kind {
        CREATE,
        APPEND,
        DELETE,
        READ
    }

    record Op(
            Kind kind, String id, String user, String session, List<String> stateKeys, boolean live, boolean retries) {

        SessionKey key() {
            return new SessionKey(LiveWorld.APP, user, session);
        }

        @Override
        public String toString() {
            return kind + " " + user + "/" + session + " " + id + " " + stateKeys + (live ? " live" : "");
        }
    }

    record Move(RolloutPlan next, int after) {}

    record CrashAt(int process, long step, int restartAfter) {}

    record Outage(StoreSide side, long from, long until) {

        boolean covers(StoreSide store, long step) {
            return side == store && step >= from && step < until;
        }
    }

    private static final List<Stage> FIRST_STAGES = List.of(Stage.SOURCE_ONLY, Stage.DUAL_WRITE, Stage.SHADOW);
    private static final List<String> USERS = List.of("early", "late");
    private static final RolloutPolicy POLICY =
            RolloutPolicy.builder("test").allowedUserIds(Set.of("early")).build();

    static Scenario of(long seed) {
        Random draw = new Random(seed * 31 + 7);
        boolean talksLive = draw.nextInt(4) == 0;
        Stage first = FIRST_STAGES.get(draw.nextInt(FIRST_STAGES.size()));
        int count = 1 + draw.nextInt(3);
        List<List<Op>> processes = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            processes.add(ops(draw, i, talksLive));
        }
        List<CrashAt> crashes = new ArrayList<>();
        for (int i = draw.nextInt(3); i > 0; i--) {
            crashes.add(new CrashAt(draw.nextInt(count), 20 + draw.nextInt(600), draw.nextInt(60)));
        }
        List<Outage> outages = new ArrayList<>();
        for (int i = draw.nextInt(3); i > 0; i--) {
            long from = draw.nextInt(600);
            outages.add(new Outage(
                    draw.nextBoolean() ? StoreSide.SOURCE : StoreSide.TARGET, from, from + 10 + draw.nextInt(150)));
        }
        double share = draw.nextInt(3) == 0 ? 0.05 : 0;
        return new Scenario(seed, talksLive, first, processes, moves(draw, first), crashes, outages, share);
    }

    private static List<Op> ops(Random draw, int process, boolean talksLive) {
        List<Op> ops = new ArrayList<>();
        for (int i = 3 + draw.nextInt(6); i > 0; i--) {
            int kind = draw.nextInt(10);
            Kind what = kind < 3 ? Kind.CREATE : kind < 7 ? Kind.APPEND : kind < 8 ? Kind.DELETE : Kind.READ;
            List<String> keys = Stream.of("a", "b", "user:u", "app:p")
                    .filter(key -> draw.nextInt(3) == 0)
                    .toList();
            ops.add(new Op(
                    what,
                    "p" + process + "-" + i,
                    USERS.get(draw.nextInt(2)),
                    "s" + draw.nextInt(2),
                    what == Kind.APPEND ? keys : what == Kind.CREATE ? shared(keys) : List.of(),
                    talksLive && draw.nextInt(3) == 0,
                    draw.nextBoolean()));
        }
        return ops;
    }

    private static List<String> shared(List<String> keys) {
        return keys.stream().filter(key -> key.contains(":")).toList();
    }

    private static List<Move> moves(Random draw, Stage first) {
        List<Move> moves = new ArrayList<>();
        Stage base = first;
        Stage rollout = first;
        for (int i = draw.nextInt(7); i > 0; i--) {
            boolean forth = draw.nextInt(3) > 0;
            if (base == rollout) {
                rollout = (forth ? rollout.next() : rollout.previous()).orElse(rollout);
            } else if (draw.nextBoolean()) {
                base = rollout;
            } else {
                rollout = base;
            }
            moves.add(new Move(RolloutPlan.of(base, rollout, POLICY), draw.nextInt(80)));
        }
        return moves;
    }

    Set<SessionKey> keys() {
        Set<SessionKey> keys = new LinkedHashSet<>();
        processes.forEach(ops -> ops.forEach(op -> keys.add(op.key())));
        return keys;
    }

    /** Whether every change is written to both stores, so that nothing but the debt can be missing in one. */
    boolean alwaysWritesBoth() {
        return firstStage.writesBoth()
                && moves.stream()
                        .allMatch(move -> move.next().base().writesBoth()
                                && move.next().rollout().writesBoth());
    }

    List<String> users() {
        return USERS;
    }

    /** The same with one thing less, the larger things first. */
    List<Scenario> smaller() {
        List<Scenario> smaller = new ArrayList<>();
        if (faultShare > 0) {
            smaller.add(new Scenario(seed, talksLive, firstStage, processes, moves, crashes, outages, 0));
        }
        without(moves)
                .forEach(fewer -> smaller.add(
                        new Scenario(seed, talksLive, firstStage, processes, fewer, crashes, outages, faultShare)));
        without(crashes)
                .forEach(fewer -> smaller.add(
                        new Scenario(seed, talksLive, firstStage, processes, moves, fewer, outages, faultShare)));
        without(outages)
                .forEach(fewer -> smaller.add(
                        new Scenario(seed, talksLive, firstStage, processes, moves, crashes, fewer, faultShare)));
        for (int i = 0; i < processes.size(); i++) {
            int process = i;
            without(processes.get(i)).forEach(fewer -> {
                List<List<Op>> others = new ArrayList<>(processes);
                others.set(process, fewer);
                smaller.add(new Scenario(seed, talksLive, firstStage, others, moves, crashes, outages, faultShare));
            });
        }
        return smaller;
    }

    /** The last moves only: those before lead to them. Of other things, any one. */
    private static <T> List<List<T>> without(List<T> things) {
        List<List<T>> fewer = new ArrayList<>();
        for (int i = things.size() - 1; i >= 0; i--) {
            if (i == things.size() - 1 || !(things.get(i) instanceof Move)) {
                List<T> rest = new ArrayList<>(things);
                rest.remove(i);
                fewer.add(rest);
            }
        }
        return fewer;
    }
}
