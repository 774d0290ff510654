package io.github.sessionferry.benchmarks;

import io.github.sessionferry.core.EventSelection;
import io.github.sessionferry.core.Precondition;
import io.github.sessionferry.core.ScanCursor;
import io.github.sessionferry.core.ScanPage;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.SessionSummary;
import io.github.sessionferry.migration.Migrator;
import io.github.sessionferry.testkit.generators.ConversationGenerator;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * From Firestore to Agent Engine over gRPC, each call taking a while: how close the engine comes to the calls that so many
 * at a time can make, and how a script fares that moves one session after the other.
 */
final class LatencyMeasurement implements Measurement {

    private static final Duration LATENCY = Duration.ofMillis(20);
    private static final int CONCURRENCY = 64;
    private static final int SESSIONS = 3_000;
    private static final int WARM_UPS = 2;
    private static final int SESSIONS_OF_WARM_UP = 1_000;
    private static final int CALLS_ALONE = 200;
    private static final int SESSIONS_OF_SCRIPT = 10;
    private static final int EVENTS = 30;

    @Override
    public String name() {
        return "latency";
    }

    @Override
    public void run(Figures figures) throws IOException {
        try (FakeServers servers = FakeServers.start()) {
            for (int warmUp = 0; warmUp < WARM_UPS; warmUp++) {
                measure(servers, warmUp, SESSIONS_OF_WARM_UP, LatencyMeasurement::migrate);
            }
            Duration ofOneCall = latencyOfOneCall(servers);
            add(
                    figures,
                    "engine, Firestore to Agent Engine",
                    ofOneCall,
                    CONCURRENCY,
                    SESSIONS,
                    measure(servers, WARM_UPS, SESSIONS, LatencyMeasurement::migrate));
            add(
                    figures,
                    "the stores alone, no engine",
                    ofOneCall,
                    CONCURRENCY,
                    SESSIONS,
                    measure(servers, WARM_UPS + 2, SESSIONS, LatencyMeasurement::copyAtOnce));
            add(
                    figures,
                    "one session after the other",
                    ofOneCall,
                    1,
                    SESSIONS_OF_SCRIPT,
                    measure(servers, WARM_UPS + 1, SESSIONS_OF_SCRIPT, LatencyMeasurement::moveOneByOne));
        }
    }

    private interface Move {
        void run(SessionService source, SessionService target);
    }

    private static void migrate(SessionService source, SessionService target) {
        Migrator.builder(source, target).concurrency(CONCURRENCY).build().run();
    }

    /** A script's way: read a session, write it, go on to the next. */
    private static void moveOneByOne(SessionService source, SessionService target) {
        forEachKey(source, key -> copy(key, source, target));
    }

    /** The same by as many threads as the engine has, without what the engine does: what this machine can do at best. */
    private static void copyAtOnce(SessionService source, SessionService target) {
        ExecutorService threads = Executors.newFixedThreadPool(CONCURRENCY);
        List<CompletableFuture<Void>> copies = new ArrayList<>();
        forEachKey(source, key -> copies.add(CompletableFuture.runAsync(() -> copy(key, source, target), threads)));
        threads.shutdown();
        copies.forEach(CompletableFuture::join);
    }

    private static void copy(SessionKey key, SessionService source, SessionService target) {
        source.find(key, EventSelection.all()).ifPresent(session -> target.store(session, Precondition.none()));
    }

    private static void forEachKey(SessionService store, Consumer<SessionKey> action) {
        Optional<ScanCursor> next = Optional.of(ScanCursor.START);
        while (next.isPresent()) {
            ScanPage page = store.scan(next.get(), 100);
            page.sessions().stream().map(SessionSummary::key).forEach(action);
            next = page.next();
        }
    }

    private record Measured(double seconds, long calls, Duration ownProcessorTime, Duration serversProcessorTime) {}

    private static void add(
            Figures figures, String what, Duration ofOneCall, int concurrency, int sessions, Measured measured) {
        double perSecond = measured.calls / measured.seconds;
        double bound = concurrency / (LATENCY.toMillis() / 1e3);
        figures.add(
                what,
                String.format(
                        Locale.ROOT,
                        "%,d sessions of %d events, %d ms a call, %d at a time",
                        sessions,
                        EVENTS,
                        LATENCY.toMillis(),
                        concurrency),
                "%.0f %% of %,.0f calls/s, %.0f %% of what calls of %.1f ms allow, %.1f calls a session, %,.1f sessions/s;"
                        + " processor time a call: %,d µs, servers %,d µs",
                100 * perSecond / bound,
                bound,
                100 * perSecond * ofOneCall.toNanos() / 1e9 / concurrency,
                ofOneCall.toNanos() / 1e6,
                (double) measured.calls / sessions,
                sessions / measured.seconds,
                measured.ownProcessorTime.toNanos() / 1_000 / measured.calls,
                measured.serversProcessorTime.toNanos() / 1_000 / measured.calls);
    }

    private static Measured measure(FakeServers servers, int number, int sessions, Move move) throws IOException {
        try (SessionService source = servers.openFirestore(number);
                SessionService target = servers.openAgentEngine(number)) {
            servers.delayEachCall(Duration.ZERO);
            fill(source, sessions);
            servers.delayEachCall(LATENCY);
            Duration own = ownProcessorTime();
            Duration ofServers = servers.processorTime();
            long begin = System.nanoTime();
            move.run(source, target);
            Measured measured = new Measured(
                    (System.nanoTime() - begin) / 1e9,
                    servers.calls(),
                    ownProcessorTime().minus(own),
                    servers.processorTime().minus(ofServers));
            requireMoved(target, sessions);
            return measured;
        }
    }

    /** How long a caller waits for a small answer that is held back, if there is no other call. */
    private static Duration latencyOfOneCall(FakeServers servers) throws IOException {
        try (SessionService target = servers.openAgentEngine(0)) {
            servers.delayEachCall(LATENCY);
            long begin = System.nanoTime();
            for (int i = 0; i < CALLS_ALONE; i++) {
                target.find(new SessionKey("app", "user", "absent-" + i), EventSelection.none());
            }
            return Duration.ofNanos((System.nanoTime() - begin) / servers.calls());
        }
    }

    private static Duration ownProcessorTime() {
        return ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO);
    }

    private static void fill(SessionService source, int sessions) {
        ConversationGenerator.builder().sessions(sessions).eventsPerSession(EVENTS).build().stream()
                .forEach(session -> source.store(session, Precondition.none()));
    }

    private static void requireMoved(SessionService target, int sessions) {
        AtomicInteger found = new AtomicInteger();
        forEachKey(target, key -> found.incrementAndGet());
        if (found.get() != sessions) {
            throw new IllegalStateException("not all sessions were moved: " + found + " of " + sessions);
        }
    }
}
