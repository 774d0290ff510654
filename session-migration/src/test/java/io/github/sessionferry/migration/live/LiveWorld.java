package io.github.sessionferry.migration.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.sessionferry.core.AmbiguousOutcomeException;
import io.github.sessionferry.core.AppendOutcome;
import io.github.sessionferry.core.DeleteOutcome;
import io.github.sessionferry.core.EventSelection;
import io.github.sessionferry.core.ForwardingSessionService;
import io.github.sessionferry.core.NewSession;
import io.github.sessionferry.core.Precondition;
import io.github.sessionferry.core.ScanCursor;
import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionErrorCode;
import io.github.sessionferry.core.SessionEvent;
import io.github.sessionferry.core.SessionException;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.SessionSummary;
import io.github.sessionferry.core.SharedScope;
import io.github.sessionferry.core.SharedValue;
import io.github.sessionferry.core.StateScope;
import io.github.sessionferry.core.StoreOutcome;
import io.github.sessionferry.core.rollout.Channel;
import io.github.sessionferry.core.rollout.RolloutPlan;
import io.github.sessionferry.core.rollout.RolloutPolicy;
import io.github.sessionferry.core.rollout.Stage;
import io.github.sessionferry.core.rollout.StoreSide;
import io.github.sessionferry.testkit.InMemorySessionService;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Users, processes and an operator on two stores, run step by step from one seed; and what must be true in the end. Not
 * thread-safe.
 */
final class LiveWorld {

    static final String APP = "app";
    private static final List<SteppedStore.Fault> FAULTS =
            List.of(SteppedStore.Fault.REFUSED, SteppedStore.Fault.LOST_REQUEST, SteppedStore.Fault.LOST_ANSWER);
    private static final String EARLY_USER = "early";
    private static final RolloutPolicy POLICY =
            RolloutPolicy.builder("test").allowedUserIds(Set.of(EARLY_USER)).build();

    private final Scenario scenario;
    private final Path folder;
    private final Mutation mutation;
    private final Interleaver interleaver;
    private final Random faultDraw;
    private final Ticks clock = new Ticks();
    private final InMemorySessionService source =
            InMemorySessionService.builder().clock(clock).build();
    private final InMemorySessionService target =
            InMemorySessionService.builder().clock(clock).build();
    private final List<AppProcess> processes = new ArrayList<>();
    private final List<Done> log = new ArrayList<>();
    private final StringBuilder trace = new StringBuilder();
    private RolloutPlan plan;
    private boolean quiet;

    /** A guard that is taken away, to show that its absence is noticed. */
    enum Mutation {
        NONE,
        /** Deletions are not recorded. */
        FORGETS_DELETIONS,
        /** What could not be written twice is not noted, neither in a store nor in a file. */
        FORGETS_DEBT,
        /** A process that crashes leaves no note of what it was doing. */
        FORGETS_INTENTS,
        /** The other store is not written. */
        DROPS_SECOND_WRITES,
        /** Stages change without comparing both stores meanwhile, and without waiting for anybody. */
        HURRIES_MOVES,
        /** A store appends an event again that it has already. */
        APPENDS_TWICE,
        /** Nothing is carried over before the authority moves. */
        CARRIES_NOTHING_OVER
    }

    LiveWorld(Scenario scenario, Path folder, Mutation mutation) {
        this.scenario = scenario;
        this.folder = folder;
        this.mutation = mutation;
        interleaver = new Interleaver(scenario.seed());
        faultDraw = new Random(scenario.seed() ^ 0x5DEECE66DL);
        plan = RolloutPlan.of(scenario.firstStage(), scenario.firstStage(), POLICY);
    }

    /** Time that never stands still, so that no two things happen at once. */
    private static final class Ticks extends Clock {
        private Instant now = Instant.parse("2026-03-01T12:00:00Z");

        @Override
        public synchronized Instant instant() {
            now = now.plusMillis(1);
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }

    /** What a user's operation came to. */
    private enum Outcome {
        OK,
        /** Certainly not done. */
        REFUSED,
        /** Perhaps done, now or later. */
        UNKNOWN
    }

    /** One try of one operation, with the steps at which it began and ended. */
    private static final class Done {
        final Scenario.Op op;
        final long begin;
        long end = Long.MAX_VALUE;
        Outcome outcome = Outcome.UNKNOWN;

        Done(Scenario.Op op, long begin) {
            this.op = op;
            this.begin = begin;
        }

        boolean mayBeDone() {
            return outcome != Outcome.REFUSED;
        }
    }

    private final class AppProcess {
        final int number;
        final Path file;
        boolean down;
        int life;
        RolloutPlan seenPlan = plan;

        @Nullable
        StagedSessionService staged;

        final Map<SessionKey, Instant> seenCreated = new HashMap<>();
        final Map<SessionKey, Set<String>> seenEvents = new HashMap<>();
        final Map<SessionKey, Instant> seenGone = new HashMap<>();

        AppProcess(int number) {
            this.number = number;
            file = folder.resolve("intents-" + number);
            start();
        }

        void start() {
            life++;
            int mine = life;
            down = false;
            seenPlan = plan;
            seenCreated.clear();
            seenEvents.clear();
            seenGone.clear();
            staged = StagedSessionService.builder(store(StoreSide.SOURCE), store(StoreSide.TARGET), () -> seenPlan)
                    .clock(clock)
                    .secondWriteWait(Duration.ZERO)
                    .settleInterval(Duration.ZERO)
                    .settleConcurrency(1)
                    .debtFile(file())
                    .forcesDebtFile(false)
                    .talksLive(scenario.talksLive())
                    .shadowSample(0)
                    .executor(task -> runBeside(task, mine))
                    .build();
        }

        private void runBeside(Runnable task, int mine) {
            if (mutation == Mutation.DROPS_SECOND_WRITES) {
                throw new java.util.concurrent.RejectedExecutionException();
            }
            interleaver.spawn(() -> life != mine, task);
        }

        /** The same file after a crash, unless notes get lost. */
        private Path file() {
            boolean forgets = mutation == Mutation.FORGETS_INTENTS || mutation == Mutation.FORGETS_DEBT;
            return forgets ? folder.resolve("intents-" + number + "-" + life) : file;
        }

        void crash() {
            if (!down) {
                down = true;
                life++;
                staged().close();
                trace("process " + number + " crashes");
            }
        }

        StagedSessionService staged() {
            return java.util.Objects.requireNonNull(staged);
        }
    }

    private SessionService store(StoreSide side) {
        SessionService store = side == StoreSide.SOURCE ? source : target;
        return new SteppedStore(mutated(store), interleaver, () -> fault(side));
    }

    private SessionService mutated(SessionService store) {
        return switch (mutation) {
            case FORGETS_DELETIONS -> new ForgetfulStore(store, "deleted");
            case FORGETS_DEBT, DROPS_SECOND_WRITES -> new ForgetfulStore(store, "debt");
            case APPENDS_TWICE -> new DoublingStore(store);
            default -> store;
        };
    }

    private SteppedStore.Fault fault(StoreSide side) {
        if (quiet) {
            return SteppedStore.Fault.NONE;
        }
        long step = interleaver.steps();
        if (scenario.outages().stream().anyMatch(outage -> outage.covers(side, step))) {
            return SteppedStore.Fault.REFUSED;
        }
        return faultDraw.nextDouble() >= scenario.faultShare()
                ? SteppedStore.Fault.NONE
                : FAULTS.get(faultDraw.nextInt(FAULTS.size()));
    }

    /** Loses the migration's own records of one kind. */
    private static final class ForgetfulStore extends ForwardingSessionService {
        private final String kind;

        ForgetfulStore(SessionService store, String kind) {
            super(store);
            this.kind = kind;
        }

        @Override
        public StoreOutcome store(Session session, Precondition precondition) {
            return session.key().isReserved() && session.key().userId().equals(kind)
                    ? StoreOutcome.of(StoreOutcome.Status.CREATED, 0)
                    : super.store(session, precondition);
        }
    }

    /** Takes an event that it has for another one. */
    private static final class DoublingStore extends ForwardingSessionService {

        DoublingStore(SessionService store) {
            super(store);
        }

        @Override
        public AppendOutcome append(SessionKey key, SessionEvent event) {
            AppendOutcome outcome = super.append(key, event);
            return outcome == AppendOutcome.ALREADY_PRESENT
                    ? super.append(
                            key,
                            SessionEvent.builder(event.id() + "-again", event.author(), event.timestamp())
                                    .build())
                    : outcome;
        }
    }

    private void trace(String what) {
        trace.append(interleaver.steps()).append(": ").append(what).append('\n');
    }

    String trace() {
        return trace + "source " + describe(sessions(source)) + "\ntarget " + describe(sessions(target)) + '\n';
    }

    void run() throws Throwable {
        clear(folder);
        try {
            for (int i = 0; i < scenario.processes().size(); i++) {
                processes.add(new AppProcess(i));
            }
            for (AppProcess process : processes) {
                List<Scenario.Op> ops = scenario.processes().get(process.number);
                spawnUsers(process, ops, 0);
            }
            for (Scenario.CrashAt crash : scenario.crashes()) {
                interleaver.spawn(() -> false, () -> crash(crash));
            }
            interleaver.spawn(() -> false, this::operate);
            interleaver.run();
            check();
        } finally {
            for (AppProcess process : processes) {
                process.staged().close();
            }
        }
    }

    private void crash(Scenario.CrashAt crash) {
        interleaver.awaitThat(() -> interleaver.steps() >= crash.step() || quiet);
        AppProcess process = processes.get(crash.process());
        if (quiet || process.down) {
            return;
        }
        process.crash();
        for (int i = 0; i < crash.restartAfter(); i++) {
            interleaver.step();
        }
        process.start();
        trace("process " + process.number + " starts");
    }

    /** A process that crashes goes on with the next operation when it has started again. */
    private void spawnUsers(AppProcess process, List<Scenario.Op> ops, int from) {
        int[] next = {from};
        interleaver.spawn(() -> false, () -> {
            while (next[0] < ops.size()) {
                interleaver.awaitThat(() -> !process.down);
                int life = process.life;
                boolean[] over = {false};
                interleaver.spawn(() -> process.life != life, () -> {
                    while (next[0] < ops.size()) {
                        Scenario.Op op = ops.get(next[0]++);
                        perform(process, op);
                    }
                    over[0] = true;
                });
                interleaver.awaitThat(() -> over[0] || process.life != life);
            }
        });
    }

    private void perform(AppProcess process, Scenario.Op op) {
        SessionService sessions = process.staged().serviceFor(op.user(), op.live() ? Channel.LIVE : Channel.TEXT);
        Instant time = clock.instant();
        for (int attempt = 0; attempt < 2; attempt++) {
            Done done = new Done(op, interleaver.steps());
            log.add(done);
            trace("p" + process.number + " begins " + op);
            try {
                perform(process, sessions, op, time, done);
                done.outcome = Outcome.OK;
                done.end = interleaver.steps();
                trace("p" + process.number + " done " + op);
                return;
            } catch (AmbiguousOutcomeException e) {
                trace("p" + process.number + " does not know " + op);
            } catch (SessionException e) {
                done.outcome = Outcome.REFUSED;
                done.end = interleaver.steps();
                trace("p" + process.number + " refused " + op + " " + e.code());
                if (e.code() != SessionErrorCode.UNAVAILABLE) {
                    return;
                }
            }
            if (!op.retries()) {
                return;
            }
        }
    }

    private void perform(AppProcess process, SessionService sessions, Scenario.Op op, Instant time, Done done) {
        SessionKey key = op.key();
        switch (op.kind()) {
            case CREATE -> {
                Map<String, Object> state = new LinkedHashMap<>(Map.of("first", op.id()));
                op.stateKeys().forEach(name -> state.put(name, op.id()));
                Session created =
                        sessions.create(NewSession.builder(key).state(state).build());
                told(process, op, key, Optional.of(created), false);
            }
            case APPEND -> {
                Map<String, Object> delta = new LinkedHashMap<>();
                op.stateKeys().forEach(name -> delta.put(name, op.id()));
                AppendOutcome unused = sessions.append(
                        key,
                        SessionEvent.builder(op.id(), "user", time)
                                .stateDelta(delta)
                                .build());
                if (process.seenCreated.containsKey(key)) {
                    process.seenEvents
                            .computeIfAbsent(key, absent -> new HashSet<>())
                            .add(op.id());
                }
            }
            case DELETE -> {
                DeleteOutcome outcome = sessions.delete(key, Precondition.none());
                if (outcome != DeleteOutcome.DELETED) {
                    done.outcome = Outcome.REFUSED;
                    throw new SessionException(SessionErrorCode.NOT_FOUND, "nothing to delete");
                }
            }
            case READ -> told(process, op, key, sessions.find(key, EventSelection.all()), true);
        }
    }

    /** A process never reads backwards. */
    private void told(AppProcess process, Scenario.Op op, SessionKey key, Optional<Session> session, boolean read) {
        if (op.live()) {
            return;
        }
        Instant known = process.seenCreated.get(key);
        if (session.isEmpty()) {
            if (known != null) {
                process.seenGone.put(key, known);
                process.seenCreated.remove(key);
                process.seenEvents.remove(key);
            }
            return;
        }
        Instant created = session.get().createTime().orElseThrow();
        Instant gone = process.seenGone.get(key);
        assertThat(gone != null && !created.isAfter(gone))
                .as("a session that was read as absent is back: %s", op)
                .isFalse();
        Set<String> ids = ids(session.get());
        if (created.equals(known) && read) {
            assertThat(ids).as("a read goes back: %s", op).containsAll(process.seenEvents.getOrDefault(key, Set.of()));
        }
        process.seenCreated.put(key, created);
        process.seenEvents.put(key, new HashSet<>(ids));
    }

    private static Set<String> ids(Session session) {
        Set<String> ids = new LinkedHashSet<>();
        session.events().forEach(event -> ids.add(event.id()));
        return ids;
    }

    // The operator

    private void operate() {
        for (Scenario.Move move : scenario.moves()) {
            for (int i = 0; i < move.after(); i++) {
                interleaver.step();
            }
            move(move.next());
        }
        interleaver.awaitThat(this::usersAreDone);
        quiet = true;
        settle();
        if (!plan.base().writesBoth() || !plan.rollout().writesBoth()) {
            move(RolloutPlan.of(plan.base(), plan.base(), POLICY));
            while (!plan.base().writesBoth()) {
                Stage next = plan.base() == Stage.SOURCE_ONLY
                        ? Stage.DUAL_WRITE
                        : plan.base().previous().orElseThrow();
                move(RolloutPlan.of(next, next, POLICY));
            }
        }
        if (!scenario.alwaysWritesBoth()) {
            carryOver();
            settle();
        }
    }

    private boolean usersAreDone() {
        return scenario.processes().stream()
                        .flatMap(List::stream)
                        .allMatch(op -> log.stream().anyMatch(done -> done.op.equals(op)))
                && processes.stream().noneMatch(process -> process.down)
                && processes.stream().allMatch(process -> process.staged().isDrained());
    }

    /** Goes to a plan, as the guards of a stage move demand it. */
    private void move(RolloutPlan next) {
        if (next.base() == plan.base() && next.rollout() == plan.rollout()) {
            return;
        }
        trace("operator prepares " + next);
        if (mutation == Mutation.HURRIES_MOVES && !quiet) {
            plan = next.withVersion(plan.version() + 1);
            for (AppProcess process : processes) {
                interleaver.spawn(() -> false, () -> process.seenPlan = plan);
            }
            return;
        }
        settle();
        if (movesAuthority(plan, next) && !scenario.alwaysWritesBoth()) {
            carryOver();
            settle();
        }
        publish(next.withVersion(plan.version() + 2).withSettled(false));
        publish(plan.withVersion(plan.version() + 1).withSettled(true));
    }

    private static boolean movesAuthority(RolloutPlan from, RolloutPlan to) {
        return from.base().authority() != to.base().authority()
                || from.rollout().authority() != to.rollout().authority();
    }

    private void publish(RolloutPlan next) {
        plan = next;
        trace("operator publishes " + next);
        for (AppProcess process : processes) {
            interleaver.spawn(() -> false, () -> process.seenPlan = plan);
        }
        interleaver.awaitThat(() -> processes.stream()
                .allMatch(process -> !process.down
                        && process.seenPlan.version() == plan.version()
                        && process.staged().isDrained()));
    }

    /** Nothing is owed by any process, and nothing is on its way. */
    private void settle() {
        while (true) {
            interleaver.awaitThat(() -> processes.stream()
                    .allMatch(process -> !process.down && process.staged().isDrained()));
            boolean paid = true;
            for (AppProcess process : processes) {
                int life = process.life;
                int[] failed = {1};
                boolean[] over = {false};
                interleaver.spawn(() -> process.life != life, () -> {
                    failed[0] = process.staged().settleDebt();
                    over[0] = true;
                });
                interleaver.awaitThat(() -> over[0] || process.life != life);
                paid &= failed[0] == 0;
            }
            try {
                if (paid
                        && processes.stream()
                                .allMatch(process ->
                                        !process.down && process.staged().debt().isEmpty())) {
                    trace("nothing is owed");
                    return;
                }
            } catch (SessionException outage) {
                interleaver.step();
            }
        }
    }

    /** Brings over all that one store has and the other lacks, by the stage of each user. */
    private void carryOver() {
        if (mutation == Mutation.CARRIES_NOTHING_OVER && !quiet) {
            return;
        }
        trace("operator carries over");
        while (true) {
            try {
                StorePair stores = new StorePair(store(StoreSide.SOURCE), store(StoreSide.TARGET));
                Settlement settlement = new Settlement(stores, new DeletedSessions(stores, clock));
                Set<SessionKey> keys = new LinkedHashSet<>(keys(source));
                keys.addAll(keys(target));
                for (SessionKey key : keys) {
                    Stage stage = plan.stageOf(key.userId());
                    if (stage.writesBoth()) {
                        settlement.settle(
                                key,
                                stage.authority(),
                                stage == Stage.TARGET_FIRST ? Settlement.Carry.SESSIONS : Settlement.Carry.EVENTS);
                    }
                }
                for (String user : scenario.users()) {
                    Stage stage = plan.stageOf(user);
                    if (stage.writesBoth()) {
                        settlement.settle(SharedScope.user(APP, user), stage.authority(), Set.of());
                    }
                }
                if (plan.base().writesBoth()) {
                    settlement.settle(SharedScope.app(APP), plan.base().authority(), Set.of());
                }
                return;
            } catch (SessionException e) {
                interleaver.step();
            }
        }
    }

    private static List<SessionKey> keys(SessionService store) {
        List<SessionKey> keys = new ArrayList<>();
        Optional<ScanCursor> next = Optional.of(ScanCursor.START);
        while (next.isPresent()) {
            var page = store.scan(next.get(), 100);
            page.sessions().stream()
                    .map(SessionSummary::key)
                    .filter(key -> !key.isReserved())
                    .forEach(keys::add);
            next = page.next();
        }
        return keys;
    }

    // What must be true in the end

    private void check() {
        Map<SessionKey, Session> left = sessions(source);
        Map<SessionKey, Session> right = sessions(target);
        assertThat(describe(right)).as("both sides are equal").isEqualTo(describe(left));
        for (SessionKey key : scenario.keys()) {
            check(key, Optional.ofNullable(left.get(key)));
        }
        checkShared();
    }

    private static Map<SessionKey, Session> sessions(SessionService store) {
        Map<SessionKey, Session> sessions = new LinkedHashMap<>();
        keys(store)
                .forEach(key ->
                        sessions.put(key, store.find(key, EventSelection.all()).orElseThrow()));
        return sessions;
    }

    private static Map<String, String> describe(Map<SessionKey, Session> sessions) {
        Map<String, String> described = new TreeMap<>();
        sessions.forEach((key, session) -> described.put(
                key.toString(),
                ids(session) + " " + new TreeMap<>(session.state(StateScope.SESSION)) + " " + session.updateTime()));
        return described;
    }

    private List<Done> done(SessionKey key, Scenario.Kind kind) {
        return log.stream()
                .filter(done -> done.op.kind() == kind && done.op.key().equals(key))
                .toList();
    }

    private void check(SessionKey key, Optional<Session> session) {
        List<Done> deletes =
                done(key, Scenario.Kind.DELETE).stream().filter(Done::mayBeDone).toList();
        Set<String> present = session.map(LiveWorld::ids).orElse(Set.of());
        Map<String, List<Done>> appends = new LinkedHashMap<>();
        done(key, Scenario.Kind.APPEND)
                .forEach(done -> appends.computeIfAbsent(done.op.id(), id -> new ArrayList<>())
                        .add(done));
        appends.forEach((id, tries) -> {
            boolean acknowledged = tries.stream().anyMatch(done -> done.outcome == Outcome.OK);
            long begin = tries.get(0).begin;
            long end = tries.stream()
                    .filter(Done::mayBeDone)
                    .mapToLong(done -> done.end)
                    .max()
                    .orElse(-1);
            if (acknowledged && deletes.stream().noneMatch(delete -> delete.end > begin)) {
                assertThat(present)
                        .as("acknowledged event %s of %s is there", id, key)
                        .contains(id);
            }
            if (tries.stream().noneMatch(Done::mayBeDone)) {
                assertThat(present).as("refused event %s of %s", id, key).doesNotContain(id);
            }
            if (deletes.stream().anyMatch(delete -> delete.outcome == Outcome.OK && delete.begin > end)) {
                assertThat(present).as("event %s of %s was deleted", id, key).doesNotContain(id);
            }
        });
        assertThat(appends.keySet()).as("events of %s", key).containsAll(present);
        checkPresence(key, session.isPresent(), deletes);
        session.ifPresent(there -> checkState(there, appends));
    }

    private void checkPresence(SessionKey key, boolean present, List<Done> deletes) {
        List<Done> creates = done(key, Scenario.Kind.CREATE);
        boolean created = creates.stream()
                .anyMatch(create -> create.outcome == Outcome.OK
                        && deletes.stream().noneMatch(delete -> delete.end > create.begin));
        if (created) {
            assertThat(present).as("session %s was created", key).isTrue();
        }
        boolean deleted = deletes.stream()
                .anyMatch(delete -> delete.outcome == Outcome.OK
                        && creates.stream().filter(Done::mayBeDone).noneMatch(create -> create.end > delete.begin));
        if (deleted || creates.stream().noneMatch(Done::mayBeDone)) {
            assertThat(present)
                    .as("session %s was deleted or never created", key)
                    .isFalse();
        }
    }

    /** A key holds what an event says that no later one overrules. */
    private void checkState(Session session, Map<String, List<Done>> appends) {
        Set<String> present = ids(session);
        session.state(StateScope.SESSION).forEach((name, value) -> {
            if (!name.equals("first")) {
                List<Done> deciding = java.util.Objects.requireNonNull(appends.get(String.valueOf(value)));
                long end = deciding.stream().mapToLong(done -> done.end).max().orElseThrow();
                assertThat(appends.values().stream()
                                .map(tries -> tries.get(0))
                                .filter(later -> present.contains(later.op.id()))
                                .filter(later -> later.op.stateKeys().contains(name) && later.begin > end)
                                .map(later -> later.op.id())
                                .toList())
                        .as("changes of %s in %s after that of %s", name, session.key(), value)
                        .isEmpty();
            }
        });
    }

    private void checkShared() {
        List<SharedScope> scopes = new ArrayList<>(List.of(SharedScope.app(APP)));
        scenario.users().forEach(user -> scopes.add(SharedScope.user(APP, user)));
        for (SharedScope scope : scopes) {
            Map<String, @Nullable Object> left = values(source.findSharedState(scope));
            assertThat(values(target.findSharedState(scope)))
                    .as("shared state of %s on both sides", scope)
                    .isEqualTo(left);
            scope.stateScope().qualify(left).forEach((name, value) -> {
                List<Done> writers = log.stream()
                        .filter(Done::mayBeDone)
                        .filter(done -> done.op.stateKeys().contains(name))
                        .filter(done -> scope.userId().isEmpty()
                                || done.op.user().equals(scope.userId().get()))
                        .toList();
                long end = writers.stream()
                        .filter(done -> done.op.id().equals(value))
                        .mapToLong(done -> done.end)
                        .max()
                        .orElseThrow(() -> new AssertionError("nobody wrote " + value + " to " + scope));
                assertThat(writers.stream()
                                .filter(done -> done.outcome == Outcome.OK && firstBegin(done.op) > end)
                                .map(done -> done.op.id())
                                .toList())
                        .as("acknowledged changes of %s of %s after that of %s", name, scope, value)
                        .isEmpty();
            });
        }
    }

    private long firstBegin(Scenario.Op op) {
        return log.stream()
                .filter(done -> done.op.equals(op))
                .mapToLong(done -> done.begin)
                .min()
                .orElseThrow();
    }

    private static Map<String, @Nullable Object> values(Map<String, SharedValue> shared) {
        Map<String, @Nullable Object> values = new TreeMap<>();
        shared.forEach((key, value) -> values.put(key, value.value()));
        return values;
    }

    private static void clear(Path folder) throws IOException {
        try (var files = Files.list(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.delete(file);
            }
        }
    }
}
