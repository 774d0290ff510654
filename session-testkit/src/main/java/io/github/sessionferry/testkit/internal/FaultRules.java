package io.github.sessionferry.testkit.internal;

import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;

/**
 * Which calls meet which fault: the first rule, in the order they were added, that matches and fires. Thread-safe.
 *
 * @param <C> what a rule is told of a call
 * @param <F> a fault
 * @since 0.1
 */
public final class FaultRules<C, F> {

    private final List<Rule<C, F>> rules = new CopyOnWriteArrayList<>();
    private final SplittableRandom random;

    /**
     * Starts without rules.
     *
     * @param seed where the chances of rules with a probability come from
     */
    public FaultRules(long seed) {
        random = new SplittableRandom(seed);
    }

    /**
     * Adds a rule.
     *
     * @param calls which calls
     * @param skip how many matching calls pass first
     * @param times how many times the rule fires at most
     * @param probability the share of the matching calls that it fires for, from 0 to 1
     * @param fault what these calls meet
     */
    public void add(Predicate<C> calls, long skip, long times, double probability, F fault) {
        rules.add(new Rule<>(calls, skip, times, probability, fault));
    }

    /** Removes every rule. */
    public void clear() {
        rules.clear();
    }

    /**
     * Decides about a call.
     *
     * @param call the call
     * @return its fault, or empty if it is to be served normally
     */
    public Optional<F> strike(C call) {
        for (Rule<C, F> rule : rules) {
            if (rule.fires(call, random)) {
                return Optional.of(rule.fault);
            }
        }
        return Optional.empty();
    }

    private static final class Rule<C, F> {
        private final Predicate<C> calls;
        private final double probability;
        private final F fault;
        private long toSkip;
        private long left;

        private Rule(Predicate<C> calls, long skip, long times, double probability, F fault) {
            this.calls = calls;
            this.toSkip = skip;
            this.left = times;
            this.probability = probability;
            this.fault = fault;
        }

        private synchronized boolean fires(C call, SplittableRandom random) {
            if (left == 0 || !calls.test(call)) {
                return false;
            }
            if (toSkip > 0) {
                toSkip--;
                return false;
            }
            if (!happens(random)) {
                return false;
            }
            left--;
            return true;
        }

        private boolean happens(SplittableRandom random) {
            if (probability >= 1) {
                return true;
            }
            synchronized (random) {
                return random.nextDouble() < probability;
            }
        }
    }
}
