package io.github.sessionferry.core.rollout;

/**
 * One of the two stores of a migration.
 *
 * @since 0.1
 */
public enum StoreSide {
    /** The store in use before. */
    SOURCE,
    /** The store that is moved to. */
    TARGET;

    /**
     * The other store.
     *
     * @return the other side
     */
    public StoreSide other() {
        return this == SOURCE ? TARGET : SOURCE;
    }
}
