package io.github.sessionferry.cli;

import dev.failsafe.Failsafe;
import dev.failsafe.RetryPolicy;
import io.github.sessionferry.core.ScanCursor;
import io.github.sessionferry.core.SessionErrorCode;
import io.github.sessionferry.core.SessionException;
import io.github.sessionferry.core.SessionService;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;

/**
 * Asks a store for something before a long run, so that one that cannot be used at all fails the command at once, and not each
 * session of it. Thread-safe: a static method only.
 */
final class Reachability {

    /** The smallest page that every store has; where a session is looked for, a missing store may look like a missing session. */
    private static final int FEWEST = 2;

    /** What any session would meet; what lies in the question itself says nothing about the others. */
    private static final Set<SessionErrorCode> OF_THE_STORE = EnumSet.of(
            SessionErrorCode.UNAVAILABLE,
            SessionErrorCode.UNAUTHENTICATED,
            SessionErrorCode.PERMISSION_DENIED,
            SessionErrorCode.STORE_NOT_FOUND);

    /** A store that took so long has tried more than once itself. */
    private static final Duration LONGEST = Duration.ofSeconds(5);

    private static final RetryPolicy<Object> RETRIES = RetryPolicy.builder()
            .handleIf(failure -> failure instanceof SessionException e && e.retryable())
            .withMaxRetries(2)
            .withMaxDuration(LONGEST)
            .withBackoff(Duration.ofMillis(200), Duration.ofSeconds(1))
            .build();

    private Reachability() {}

    /**
     * Asks the store.
     *
     * @throws SessionException if it gave no answer, does not exist or refuses the credentials
     */
    static void check(SessionService store) {
        try {
            Failsafe.with(RETRIES).run(() -> store.scan(ScanCursor.START, FEWEST));
        } catch (SessionException e) {
            if (OF_THE_STORE.contains(e.code())) {
                throw e;
            }
        }
    }
}
