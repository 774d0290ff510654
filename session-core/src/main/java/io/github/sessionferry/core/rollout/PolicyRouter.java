package io.github.sessionferry.core.rollout;

import static java.util.Objects.requireNonNull;

import io.github.sessionferry.core.SessionService;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Serves each user by one of two stores: those who have moved by the target, all others by the source.
 *
 * <p>The live channel and users without an id are served by the source always. Nothing is copied, and nothing falls
 * back: a user's sessions must have been moved before the user is.
 *
 * <p>Thread-safe.
 *
 * @since 0.1
 */
public final class PolicyRouter implements SessionRouter, AutoCloseable {

    private final SessionService source;
    private final Supplier<? extends SessionService> target;
    private final Predicate<String> hasMoved;
    private final Runnable closing;

    private PolicyRouter(
            SessionService source,
            Supplier<? extends SessionService> target,
            Predicate<String> hasMoved,
            Runnable closing) {
        this.source = source;
        this.target = target;
        this.hasMoved = hasMoved;
        this.closing = closing;
    }

    /**
     * Routes between two stores.
     *
     * @param source the store in use before
     * @param target the store that is moved to
     * @param policy tells the policy now; asked at each call, so it answers from memory
     * @return the router; the stores stay the caller's to close
     */
    public static PolicyRouter between(SessionService source, SessionService target, Supplier<RolloutPolicy> policy) {
        requireNonNull(target, "target");
        requireNonNull(policy, "policy");
        return new PolicyRouter(
                requireNonNull(source, "source"),
                () -> target,
                userId -> policy.get().decide(userId).included(),
                () -> {});
    }

    /**
     * Routes as {@link MigrationEnvironment} says: by the target those users in whose stage it decides.
     *
     * <p>The target is opened for the first such user; if the environment names none, never. If it cannot be opened, the call fails and the next one tries again: the source may not hold what that user wrote last.
     *
     * @param source the store in use before, which stays the caller's to close
     * @param openTarget opens the target by its {@linkplain MigrationEnvironment#targetAddress() address}
     * @param environment the variables by name, such as {@link System#getenv()}
     * @return the router, whose {@link #close()} closes the target
     */
    public static PolicyRouter fromEnvironment(
            SessionService source,
            Function<String, ? extends SessionService> openTarget,
            Map<String, String> environment) {
        requireNonNull(openTarget, "openTarget");
        MigrationEnvironment named = MigrationEnvironment.from(environment);
        RolloutPlan plan = named.current();
        LazyService target =
                new LazyService(() -> openTarget.apply(named.targetAddress().orElseThrow()));
        return new PolicyRouter(
                requireNonNull(source, "source"),
                target,
                userId -> plan.stageOf(userId).authority() == StoreSide.TARGET,
                target::close);
    }

    @Override
    public SessionService serviceFor(@Nullable String userId, Channel channel) {
        boolean mayMove = requireNonNull(channel, "channel") == Channel.TEXT && userId != null && !userId.isEmpty();
        return mayMove && hasMoved.test(userId) ? target.get() : source;
    }

    /** Closes the target if this router has opened it. */
    @Override
    public void close() {
        closing.run();
    }

    /** A service that is opened when it is first needed. Thread-safe. */
    private static final class LazyService implements Supplier<SessionService> {

        private final Supplier<SessionService> opening;
        private final ReentrantLock lock = new ReentrantLock();
        private volatile @Nullable SessionService opened;
        private boolean closed;

        LazyService(Supplier<SessionService> opening) {
            this.opening = opening;
        }

        @Override
        public SessionService get() {
            SessionService service = opened;
            return service == null ? open() : service;
        }

        private SessionService open() {
            lock.lock();
            try {
                if (closed) {
                    throw new IllegalStateException("the router was closed");
                }
                SessionService service = opened;
                if (service == null) {
                    service = requireNonNull(opening.get(), "openTarget gave no service");
                    opened = service;
                }
                return service;
            } finally {
                lock.unlock();
            }
        }

        void close() {
            lock.lock();
            try {
                closed = true;
                if (opened != null) {
                    opened.close();
                }
            } finally {
                lock.unlock();
            }
        }
    }
}
