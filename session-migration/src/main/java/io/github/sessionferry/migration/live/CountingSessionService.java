package io.github.sessionferry.migration.live;

import io.github.sessionferry.core.AppendOutcome;
import io.github.sessionferry.core.DeleteOutcome;
import io.github.sessionferry.core.EventSelection;
import io.github.sessionferry.core.ForwardingSessionService;
import io.github.sessionferry.core.NewSession;
import io.github.sessionferry.core.Precondition;
import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionErrorCode;
import io.github.sessionferry.core.SessionEvent;
import io.github.sessionferry.core.SessionException;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SessionService;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

/**
 * A service that counts what an application asks of another one: creating, finding, appending and deleting, and how often
 * that failed. What the application itself did wrong, such as appending to a session that is not there, is no failure.
 *
 * <p>Thread-safe if the other one is. Closing it does nothing.
 *
 * @since 0.1
 */
public final class CountingSessionService extends ForwardingSessionService {

    private static final Set<SessionErrorCode> NO_FAILURES =
            EnumSet.of(SessionErrorCode.NOT_FOUND, SessionErrorCode.ALREADY_EXISTS, SessionErrorCode.INVALID_SESSION);

    private final LongAdder calls = new LongAdder();
    private final LongAdder errors = new LongAdder();

    /**
     * Counts.
     *
     * @param service what does the work
     */
    public CountingSessionService(SessionService service) {
        super(service);
    }

    /**
     * Tells what was counted since the service was made.
     *
     * @return the counts
     */
    public CallCounts counts() {
        long failed = errors.sum();
        return new CallCounts(Math.max(calls.sum(), failed), failed);
    }

    @Override
    public Session create(NewSession request) {
        return counted(() -> super.create(request));
    }

    @Override
    public Optional<Session> find(SessionKey key, EventSelection events) {
        return counted(() -> super.find(key, events));
    }

    @Override
    public AppendOutcome append(SessionKey key, SessionEvent event) {
        return counted(() -> super.append(key, event));
    }

    @Override
    public DeleteOutcome delete(SessionKey key, Precondition precondition) {
        return counted(() -> super.delete(key, precondition));
    }

    private <T> T counted(Supplier<T> call) {
        calls.increment();
        try {
            return call.get();
        } catch (SessionException e) {
            if (!NO_FAILURES.contains(e.code())) {
                errors.increment();
            }
            throw e;
        } catch (RuntimeException e) {
            errors.increment();
            throw e;
        }
    }

    @Override
    public void close() {}
}
