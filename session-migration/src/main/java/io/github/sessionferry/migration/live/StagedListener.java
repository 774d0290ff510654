package io.github.sessionferry.migration.live;

import io.github.sessionferry.core.SessionErrorCode;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.rollout.StoreSide;

/**
 * Is told what a {@link StagedSessionService} does beside the caller's path.
 *
 * <p>Called on the threads of operations: implementations are thread-safe, fast, and do not throw. Each method does
 * nothing unless overridden.
 *
 * @since 0.1
 */
public interface StagedListener {

    /** Listens to nothing. */
    StagedListener NONE = new StagedListener() {};

    /**
     * The second store did not take a change; it is debt now.
     *
     * @param key which session
     * @param side the store that did not take it
     * @param code why
     */
    default void secondWriteFailed(SessionKey key, StoreSide side, SessionErrorCode code) {}

    /**
     * The store that decides failed, and the other one served a call.
     *
     * @param key which session
     * @param side the store that served
     * @param code why the other one did not
     */
    default void fellBack(SessionKey key, StoreSide side, SessionErrorCode code) {}

    /**
     * A read was compared with the other store's answer.
     *
     * @param key which session
     * @param equal whether the two were equal
     */
    default void shadowCompared(SessionKey key, boolean equal) {}

    /**
     * A read could not be compared, for one of the stores failed.
     *
     * @param key which session
     * @param code why
     */
    default void shadowFailed(SessionKey key, SessionErrorCode code) {}

    /** A read was not compared, for too many comparisons were under way. */
    default void shadowDropped() {}

    /**
     * A session that only the source had was copied at its first use.
     *
     * @param key which session
     */
    default void adopted(SessionKey key) {}

    /**
     * The number of sessions that this process owes has changed.
     *
     * @param sessions how many
     */
    default void debtChanged(int sessions) {}

    /**
     * The debt of all processes was looked for in both stores, and settled as far as possible.
     *
     * @param left how many sessions or stores could not be settled
     */
    default void debtLookedFor(int left) {}

    /**
     * The service has gone back to the source at once.
     *
     * @param reason why, as it was given
     */
    default void emergency(String reason) {}
}
