package io.github.sessionferry.testkit;

import static java.util.Objects.requireNonNull;

import io.github.sessionferry.core.AmbiguousOutcomeException;
import io.github.sessionferry.core.SessionErrorCode;
import io.github.sessionferry.core.SessionException;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.testkit.internal.FaultRules;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Makes a {@link FaultySessionService} misbehave on purpose, and counts its calls.
 *
 * <p>Each call takes the fault of the first rule, in the order they were added, that matches and fires; without one it
 * is served normally. Every fault comes in two forms, which are different outcomes for the data: <em>before</em> the
 * call was applied, and <em>after</em> it was applied, with only the answer lost or late. A call that the store itself
 * refuses keeps the store's own error.
 *
 * <pre>{@code
 * SessionFaults faults = SessionFaults.seeded(42);
 * SessionService store = new FaultySessionService(InMemorySessionService.create(), faults);
 * faults.on(SessionOperation.APPEND).skip(2).times(1).failAfter();
 * faults.onAny().probability(0.2).failBefore(SessionErrorCode.UNAVAILABLE);
 * faults.on(SessionOperation.STORE).times(1).runBefore(call -> otherWriter.append(key, event));
 * }</pre>
 *
 * <p>Chances are drawn from the seed in the order in which calls arrive, so a single-threaded caller meets the same
 * faults in every run. Thread-safe.
 *
 * @since 0.1
 */
public final class SessionFaults {

    /**
     * How a delayed call lets time pass.
     *
     * @since 0.1
     */
    @FunctionalInterface
    public interface Waiter {

        /**
         * Lets a time pass; {@code TestClock::advance} does so without waiting.
         *
         * @param delay how long
         * @throws InterruptedException if the thread is interrupted meanwhile
         */
        void await(Duration delay) throws InterruptedException;
    }

    private final FaultRules<SessionCall, Fault> rules;
    private final Waiter waiter;
    private final Map<SessionOperation, LongAdder> calls = new ConcurrentHashMap<>();
    private final Object gate = new Object();
    private int hanging;
    private long releases;

    private SessionFaults(long seed, Waiter waiter) {
        rules = new FaultRules<>(seed);
        this.waiter = waiter;
    }

    /**
     * Creates an instance without rules: it only counts calls.
     *
     * @return a new instance whose rules with a probability draw from a fixed seed
     */
    public static SessionFaults none() {
        return seeded(0);
    }

    /**
     * Creates an instance without rules, whose delays sleep.
     *
     * @param seed where the chances of rules with a probability come from
     * @return a new instance
     */
    public static SessionFaults seeded(long seed) {
        return seeded(seed, delay -> TimeUnit.NANOSECONDS.sleep(delay.toNanos()));
    }

    /**
     * Creates an instance without rules.
     *
     * @param seed where the chances of rules with a probability come from
     * @param waiter how delayed calls let time pass
     * @return a new instance
     */
    public static SessionFaults seeded(long seed, Waiter waiter) {
        return new SessionFaults(seed, requireNonNull(waiter, "waiter"));
    }

    /**
     * Starts a rule for some operations.
     *
     * @param operations which ones; at least one
     * @return the rule to refine; it has no effect until its fault is named
     * @throws IllegalArgumentException if there is none
     */
    public RuleBuilder on(SessionOperation... operations) {
        if (operations.length == 0) {
            throw new IllegalArgumentException("no operation is given; use onAny() for all");
        }
        Set<SessionOperation> wanted = EnumSet.copyOf(Arrays.asList(operations));
        return new RuleBuilder(call -> wanted.contains(call.operation()));
    }

    /**
     * Starts a rule for every operation.
     *
     * @return the rule to refine; it has no effect until its fault is named
     */
    public RuleBuilder onAny() {
        return new RuleBuilder(call -> true);
    }

    /** Removes every rule; counts stay, and calls that already meet a fault keep it. */
    public void clear() {
        rules.clear();
    }

    /**
     * Counts the calls of an operation, whatever became of them.
     *
     * @param operation the operation
     * @return the number of calls so far
     */
    public long calls(SessionOperation operation) {
        LongAdder count = calls.get(operation);
        return count == null ? 0 : count.sum();
    }

    /**
     * Counts all calls, whatever became of them.
     *
     * @return the number of calls so far
     */
    public long totalCalls() {
        return calls.values().stream().mapToLong(LongAdder::sum).sum();
    }

    /** Counts calls from zero again. */
    public void resetCalls() {
        calls.clear();
    }

    /** Lets the calls that hang now go on, as if they had only been slow. */
    public void release() {
        synchronized (gate) {
            releases++;
            gate.notifyAll();
        }
    }

    /**
     * Waits until calls hang.
     *
     * @param count how many
     * @param atMost how long to wait
     * @return true if so many hang, false if the time is over
     * @throws InterruptedException if the thread is interrupted meanwhile
     */
    public boolean awaitHanging(int count, Duration atMost) throws InterruptedException {
        long end = System.nanoTime() + atMost.toNanos();
        synchronized (gate) {
            while (hanging < count) {
                long left = end - System.nanoTime();
                if (left <= 0) {
                    return false;
                }
                TimeUnit.NANOSECONDS.timedWait(gate, left);
            }
            return true;
        }
    }

    /** Decides what a call meets. */
    Fault meet(SessionCall call) {
        calls.computeIfAbsent(call.operation(), operation -> new LongAdder()).increment();
        return rules.strike(call).orElse(Fault.NONE);
    }

    /** Makes hanging calls look whether their service was closed. */
    void wakeHanging() {
        synchronized (gate) {
            gate.notifyAll();
        }
    }

    private void hang(BooleanSupplier closed) throws InterruptedException {
        synchronized (gate) {
            long seen = releases;
            hanging++;
            gate.notifyAll();
            try {
                while (seen == releases && !closed.getAsBoolean()) {
                    gate.wait();
                }
            } finally {
                hanging--;
            }
        }
        if (closed.getAsBoolean()) {
            throw new SessionException(SessionErrorCode.CLOSED, "the store was closed while the call hung");
        }
    }

    /** What a call meets: at most one step, before it is applied or after. */
    record Fault(@Nullable Step before, @Nullable Step after) {

        static final Fault NONE = new Fault(null, null);

        void before(SessionCall call, BooleanSupplier closed) {
            if (before != null) {
                run(before, call, closed, false);
            }
        }

        void after(SessionCall call, BooleanSupplier closed) {
            if (after != null) {
                run(after, call, closed, true);
            }
        }

        private static void run(Step step, SessionCall call, BooleanSupplier closed, boolean applied) {
            try {
                step.run(call, closed);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw applied
                        ? lostAnswer(call, e)
                        : failure(SessionErrorCode.UNAVAILABLE, call, "was interrupted; nothing was changed", e);
            }
        }
    }

    /** One step of a fault. */
    @FunctionalInterface
    interface Step {
        void run(SessionCall call, BooleanSupplier closed) throws InterruptedException;
    }

    private static SessionException lostAnswer(SessionCall call, @Nullable Throwable cause) {
        return failure(
                call.operation().isChange() ? SessionErrorCode.AMBIGUOUS : SessionErrorCode.UNAVAILABLE,
                call,
                "gave no answer",
                cause);
    }

    private static SessionException failure(
            SessionErrorCode code, SessionCall call, String what, @Nullable Throwable cause) {
        String message = "injected fault: " + call.operation() + " " + what;
        SessionKey key = call.key().orElse(null);
        return code == SessionErrorCode.AMBIGUOUS
                ? new AmbiguousOutcomeException(message, key, cause)
                : new SessionException(code, message, key, null, cause);
    }

    /**
     * One rule under construction: which of the matching calls, then, as the last step, the fault that they meet. Not
     * thread-safe.
     *
     * @since 0.1
     */
    public final class RuleBuilder {
        private Predicate<SessionCall> matching;
        private long skip;
        private long times = Long.MAX_VALUE;
        private double probability = 1;

        private RuleBuilder(Predicate<SessionCall> matching) {
            this.matching = matching;
        }

        /**
         * Narrows the rule to calls on some sessions.
         *
         * @param keys which sessions; calls on no single session do not match
         * @return this
         */
        public RuleBuilder forKeys(Predicate<SessionKey> keys) {
            requireNonNull(keys, "keys");
            matching = matching.and(call -> call.key().filter(keys).isPresent());
            return this;
        }

        /**
         * Lets the first matching calls pass.
         *
         * @param calls how many; 0 or more, 0 by default
         * @return this
         * @throws IllegalArgumentException if negative
         */
        public RuleBuilder skip(long calls) {
            if (calls < 0) {
                throw new IllegalArgumentException("skip must not be negative, was " + calls);
            }
            skip = calls;
            return this;
        }

        /**
         * Ends the rule after it has fired a number of times.
         *
         * @param calls how many calls meet the fault; 1 or more, unlimited by default
         * @return this
         * @throws IllegalArgumentException if less than 1
         */
        public RuleBuilder times(long calls) {
            if (calls < 1) {
                throw new IllegalArgumentException("times must be at least 1, was " + calls);
            }
            times = calls;
            return this;
        }

        /**
         * Lets the fault strike by chance.
         *
         * @param share of the matching calls, from 0 to 1; 1 by default
         * @return this
         * @throws IllegalArgumentException if outside 0 to 1
         */
        public RuleBuilder probability(double share) {
            if (!(share >= 0 && share <= 1)) {
                throw new IllegalArgumentException("probability must be from 0 to 1, was " + share);
            }
            probability = share;
            return this;
        }

        /**
         * Throws an error; the call is not applied.
         *
         * @param code the error's code; {@link SessionErrorCode#AMBIGUOUS} for a call that got lost on its way
         */
        public void failBefore(SessionErrorCode code) {
            requireNonNull(code, "code");
            before((call, closed) -> {
                throw failure(code, call, "was refused", null);
            });
        }

        /**
         * Applies the call, then throws as if the answer was lost: {@link AmbiguousOutcomeException} for a change,
         * {@link SessionErrorCode#UNAVAILABLE} for a read.
         */
        public void failAfter() {
            after((call, closed) -> {
                throw lostAnswer(call, null);
            });
        }

        /**
         * Applies and answers the call only after a while.
         *
         * @param delay how long
         */
        public void delayBefore(Duration delay) {
            requireNonNull(delay, "delay");
            before((call, closed) -> waiter.await(delay));
        }

        /**
         * Applies the call at once and answers after a while.
         *
         * @param delay how long
         */
        public void delayAfter(Duration delay) {
            requireNonNull(delay, "delay");
            after((call, closed) -> waiter.await(delay));
        }

        /**
         * Never answers, and does not apply the call until {@link #release}. A hanging call ends when the service is
         * closed or its thread interrupted.
         */
        public void hangBefore() {
            before((call, closed) -> hang(closed));
        }

        /** Applies the call and never answers, until {@link #release}; ends otherwise as {@link #hangBefore} says. */
        public void hangAfter() {
            after((call, closed) -> hang(closed));
        }

        /**
         * Does something else at the moment before the call is applied.
         *
         * @param action what; what it throws, the call throws
         */
        public void runBefore(Consumer<SessionCall> action) {
            requireNonNull(action, "action");
            before((call, closed) -> action.accept(call));
        }

        /**
         * Does something else at the moment between the call's application and its answer.
         *
         * @param action what; what it throws, the call throws
         */
        public void runAfter(Consumer<SessionCall> action) {
            requireNonNull(action, "action");
            after((call, closed) -> action.accept(call));
        }

        private void before(Step step) {
            rules.add(matching, skip, times, probability, new Fault(step, null));
        }

        private void after(Step step) {
            rules.add(matching, skip, times, probability, new Fault(null, step));
        }
    }
}
