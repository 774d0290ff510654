package io.github.sessionferry.core;

/**
 * What a store can do beyond what every store can.
 *
 * <p>A caller asks {@link SessionService#capabilities()} before it relies on one.
 *
 * @since 0.1
 */
public enum Capability {
    /** Sessions can be created and changed, not only read. */
    WRITE,
    /** Events are kept. Without it a session is its state, and an append applies the state delta alone. */
    EVENTS,
    /** {@code app:} and {@code user:} state is kept and shared. */
    SHARED_STATE,
    /** Two applications, and one user's id in two applications, do not share state. */
    SHARED_STATE_PER_APP,
    /** The store tells when a value of shared state was written. */
    SHARED_STATE_TIMES,
    /** A precondition on absence or on a revision is checked and the write done in one step. */
    ATOMIC_PRECONDITIONS,
    /** Of appends of one event at the same time, exactly one is kept. */
    ATOMIC_APPEND,
    /** A session's expiry is kept, and an expired session is absent. */
    EXPIRY
}
