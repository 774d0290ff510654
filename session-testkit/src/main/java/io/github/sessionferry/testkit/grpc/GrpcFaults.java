package io.github.sessionferry.testkit.grpc;

import static java.util.Objects.requireNonNull;

import io.github.sessionferry.testkit.internal.FaultRules;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Predicate;

/**
 * Makes a gRPC server misbehave on purpose, and counts its calls.
 *
 * <p>Install one on a server as an interceptor and add rules, before or while the server runs. Each call takes the
 * fault of the first rule, in the order they were added, that matches and fires; without one it is served normally.
 * Every fault comes in two forms, which are different outcomes for the caller's data: <em>before</em> the call was
 * applied, and <em>after</em> it was applied with only the reply lost or late.
 *
 * <pre>{@code
 * GrpcFaults faults = GrpcFaults.seeded(42);
 * faults.on("AppendEvent").skip(2).times(1).failAfter(Status.UNAVAILABLE);
 * faults.onAny().probability(0.2).failBefore(Status.UNAVAILABLE);
 * faults.onAny().delayBefore(Duration.ofMillis(20));
 * }</pre>
 *
 * <p>Delays and calls that are never answered hold no thread. Chances are drawn from the seed in the order in which
 * calls arrive, so a single-threaded caller meets the same faults in every run. Thread-safe.
 *
 * @since 0.1
 */
public final class GrpcFaults implements ServerInterceptor {
    private final FaultRules<MethodDescriptor<?, ?>, Fault> rules;
    private final Map<String, LongAdder> callsByFullName = new ConcurrentHashMap<>();
    private final ScheduledThreadPoolExecutor scheduler = daemonScheduler();

    private GrpcFaults(long seed) {
        rules = new FaultRules<>(seed);
    }

    /**
     * Creates an instance without rules: it only counts calls.
     *
     * @return a new instance whose rules with a probability draw from a fixed seed
     * @since 0.1
     */
    public static GrpcFaults none() {
        return seeded(0);
    }

    /**
     * Creates an instance without rules.
     *
     * @param seed where the chances of rules with a probability come from
     * @return a new instance
     * @since 0.1
     */
    public static GrpcFaults seeded(long seed) {
        return new GrpcFaults(seed);
    }

    /**
     * Starts a rule for one method.
     *
     * @param method the bare name ({@code AppendEvent}) or the full one ({@code package.Service/AppendEvent})
     * @return the rule to refine; it has no effect until its fault is named
     * @since 0.1
     */
    public RuleBuilder on(String method) {
        requireNonNull(method, "method");
        return on((MethodDescriptor<?, ?> called) -> isNamed(called.getFullMethodName(), method));
    }

    /**
     * Starts a rule for the methods that satisfy a condition.
     *
     * @param methods which methods
     * @return the rule to refine; it has no effect until its fault is named
     * @since 0.1
     */
    public RuleBuilder on(Predicate<MethodDescriptor<?, ?>> methods) {
        return new RuleBuilder(requireNonNull(methods, "methods"));
    }

    /**
     * Starts a rule for every method.
     *
     * @return the rule to refine; it has no effect until its fault is named
     * @since 0.1
     */
    public RuleBuilder onAny() {
        return on((MethodDescriptor<?, ?> called) -> true);
    }

    /**
     * Removes every rule; counts stay, and calls that already meet a fault keep it.
     *
     * @since 0.1
     */
    public void clear() {
        rules.clear();
    }

    /**
     * Counts the calls of a method that arrived at the server, whatever became of them.
     *
     * @param method the bare name, which counts the method in every service that has it, or the full one
     * @return the number of calls so far; zero for a method never called
     * @since 0.1
     */
    public long calls(String method) {
        requireNonNull(method, "method");
        return callsByFullName.entrySet().stream()
                .filter(entry -> isNamed(entry.getKey(), method))
                .mapToLong(entry -> entry.getValue().sum())
                .sum();
    }

    /**
     * Counts all calls that arrived at the server, whatever became of them.
     *
     * @return the number of calls so far
     * @since 0.1
     */
    public long totalCalls() {
        return callsByFullName.values().stream().mapToLong(LongAdder::sum).sum();
    }

    /**
     * Counts calls from zero again.
     *
     * @since 0.1
     */
    public void resetCalls() {
        callsByFullName.clear();
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        MethodDescriptor<?, ?> method = call.getMethodDescriptor();
        callsByFullName
                .computeIfAbsent(method.getFullMethodName(), name -> new LongAdder())
                .increment();
        Optional<Fault> fault = rules.strike(method);
        return fault.isPresent() ? fault.get().apply(call, headers, next) : next.startCall(call, headers);
    }

    private static boolean isNamed(String fullName, String name) {
        return fullName.equals(name) || name.equals(MethodDescriptor.extractBareMethodName(fullName));
    }

    private static ScheduledThreadPoolExecutor daemonScheduler() {
        ScheduledThreadPoolExecutor scheduler = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "grpc-faults");
            thread.setDaemon(true);
            return thread;
        });
        scheduler.setKeepAliveTime(1, TimeUnit.SECONDS);
        scheduler.allowCoreThreadTimeOut(true);
        return scheduler;
    }

    /**
     * One rule under construction: which of the matching calls, then, as the last step, the fault that they meet. Not
     * thread-safe.
     *
     * @since 0.1
     */
    public final class RuleBuilder {
        private final Predicate<MethodDescriptor<?, ?>> methods;
        private long skip;
        private long times = Long.MAX_VALUE;
        private double probability = 1;

        private RuleBuilder(Predicate<MethodDescriptor<?, ?>> methods) {
            this.methods = methods;
        }

        /**
         * Lets the first matching calls pass.
         *
         * @param calls how many; 0 or more, 0 by default
         * @return this
         * @throws IllegalArgumentException if negative
         * @since 0.1
         */
        public RuleBuilder skip(long calls) {
            if (calls < 0) {
                throw new IllegalArgumentException("skip must not be negative, was " + calls);
            }
            this.skip = calls;
            return this;
        }

        /**
         * Ends the rule after it has fired a number of times.
         *
         * @param calls how many calls meet the fault; 1 or more, unlimited by default
         * @return this
         * @throws IllegalArgumentException if less than 1
         * @since 0.1
         */
        public RuleBuilder times(long calls) {
            if (calls < 1) {
                throw new IllegalArgumentException("times must be at least 1, was " + calls);
            }
            this.times = calls;
            return this;
        }

        /**
         * Lets the fault strike by chance.
         *
         * @param share of the matching calls, from 0 to 1; 1 by default
         * @return this
         * @throws IllegalArgumentException if outside 0 to 1
         * @since 0.1
         */
        public RuleBuilder probability(double share) {
            if (!(share >= 0 && share <= 1)) {
                throw new IllegalArgumentException("probability must be from 0 to 1, was " + share);
            }
            this.probability = share;
            return this;
        }

        /**
         * Answers with an error; the call is not applied.
         *
         * @param status the error; not OK
         * @since 0.1
         */
        public void failBefore(Status status) {
            failBefore(error(status));
        }

        /**
         * Answers with an error and its trailers; the call is not applied.
         *
         * @param error the error; its status not OK
         * @since 0.1
         */
        public void failBefore(StatusRuntimeException error) {
            add(Faults.failBefore(checked(error)));
        }

        /**
         * Applies the call, then answers with an error as if the reply was lost. A call that the server itself refuses
         * keeps the server's own error.
         *
         * @param status the error; not OK
         * @since 0.1
         */
        public void failAfter(Status status) {
            failAfter(error(status));
        }

        /**
         * Applies the call, then answers with an error and its trailers as if the reply was lost. A call that the
         * server itself refuses keeps the server's own error.
         *
         * @param error the error; its status not OK
         * @since 0.1
         */
        public void failAfter(StatusRuntimeException error) {
            add(Faults.failAfter(checked(error)));
        }

        /**
         * Applies and answers the call only after a while. A call cancelled meanwhile, or past its deadline, is not
         * applied.
         *
         * @param delay how long; not negative
         * @since 0.1
         */
        public void delayBefore(Duration delay) {
            add(Faults.delayBefore(checked(delay), scheduler));
        }

        /**
         * Applies the call at once and holds its whole answer back for a while.
         *
         * @param delay how long after the call has come; not negative
         * @since 0.1
         */
        public void delayAfter(Duration delay) {
            add(Faults.delayAfter(checked(delay), scheduler));
        }

        /**
         * Never answers; the call is not applied.
         *
         * @since 0.1
         */
        public void hangBefore() {
            add(Faults.hangBefore());
        }

        /**
         * Applies the call and never answers.
         *
         * @since 0.1
         */
        public void hangAfter() {
            add(Faults.hangAfter());
        }

        private void add(Fault fault) {
            rules.add(methods, skip, times, probability, fault);
        }

        private StatusRuntimeException error(Status status) {
            return requireNonNull(status, "status").asRuntimeException();
        }

        private StatusRuntimeException checked(StatusRuntimeException error) {
            if (error.getStatus().isOk()) {
                throw new IllegalArgumentException("a fault's status must not be OK");
            }
            return error;
        }

        private Duration checked(Duration delay) {
            if (delay.isNegative()) {
                throw new IllegalArgumentException("delay must not be negative, was " + delay);
            }
            return delay;
        }
    }
}
