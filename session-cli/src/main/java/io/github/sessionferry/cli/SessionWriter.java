package io.github.sessionferry.cli;

import dev.failsafe.Failsafe;
import dev.failsafe.FailsafeExecutor;
import dev.failsafe.RetryPolicy;
import io.github.sessionferry.core.AmbiguousOutcomeException;
import io.github.sessionferry.core.Precondition;
import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionException;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.SharedScope;
import io.github.sessionferry.core.StoreOutcome;
import io.github.sessionferry.core.StoreOutcome.Status;
import io.github.sessionferry.testkit.generators.ConversationGenerator;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;

/** Fills a store with made-up conversations, several at a time. Thread-safe, used once. */
final class SessionWriter {

    private static final int CONCURRENCY = 10;

    /** Storing a session again completes it, so also an unknown outcome may be repeated. */
    private static final RetryPolicy<Object> RETRIES = RetryPolicy.builder()
            .handleIf(e -> e instanceof AmbiguousOutcomeException || (e instanceof SessionException s && s.retryable()))
            .withBackoff(Duration.ofMillis(100), Duration.ofSeconds(2))
            .withJitter(0.5)
            .withMaxRetries(3)
            .build();

    private final ConversationGenerator generator;
    private final UnaryOperator<Session> finish;
    private final SessionService target;
    private final Runnable sessionDone;
    private final FailsafeExecutor<Object> failsafe = Failsafe.with(RETRIES);
    private final AtomicLong next = new AtomicLong();
    private final AtomicLong written = new AtomicLong();
    private final AtomicBoolean stopped = new AtomicBoolean();

    /**
     * Prepares to write.
     *
     * @param finish what is done to each session before it is written
     */
    SessionWriter(
            ConversationGenerator generator,
            UnaryOperator<Session> finish,
            SessionService target,
            Runnable sessionDone) {
        this.generator = generator;
        this.finish = finish;
        this.target = target;
        this.sessionDone = sessionDone;
    }

    /** Writes all of them, and returns how many were not there already; the first failure ends it. */
    long run() {
        ExecutorService executor = Executors.newFixedThreadPool(CONCURRENCY);
        try {
            Iterator<SharedScope> scopes = generator.sharedScopes().iterator();
            while (scopes.hasNext()) {
                SharedScope scope = scopes.next();
                failsafe.run(() -> target.storeSharedState(scope, generator.sharedState(scope)));
            }
            List<Future<?>> workers = new ArrayList<>();
            for (int i = 0; i < CONCURRENCY; i++) {
                workers.add(executor.submit(this::work));
            }
            for (Future<?> worker : workers) {
                get(worker);
            }
            return written.get();
        } finally {
            executor.shutdown();
        }
    }

    private void work() {
        try {
            for (long i = next.getAndIncrement();
                    i < generator.sessions() && !stopped.get();
                    i = next.getAndIncrement()) {
                write(finish.apply(generator.session(i)));
            }
        } catch (RuntimeException e) {
            stopped.set(true);
            throw e;
        }
    }

    private void write(Session session) {
        StoreOutcome outcome = failsafe.get(() -> target.store(session, Precondition.none()));
        if (outcome.status() != Status.UNCHANGED) {
            written.incrementAndGet();
        }
        sessionDone.run();
    }

    private static void get(Future<?> worker) {
        try {
            worker.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException failure ? failure : new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while sessions were written", e);
        }
    }
}
