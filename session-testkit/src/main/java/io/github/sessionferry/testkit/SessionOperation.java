package io.github.sessionferry.testkit;

import io.github.sessionferry.core.SessionService;

/**
 * The operations of {@link SessionService} that can meet a fault.
 *
 * @since 0.1
 */
public enum SessionOperation {
    /** {@link SessionService#create}. */
    CREATE(true),
    /** {@link SessionService#find}. */
    FIND(false),
    /** {@link SessionService#findAll}: one call, of no key. */
    FIND_ALL(false),
    /** {@link SessionService#list}. */
    LIST(false),
    /** {@link SessionService#append}. */
    APPEND(true),
    /** {@link SessionService#delete}. */
    DELETE(true),
    /** {@link SessionService#scanPartitions}. */
    SCAN_PARTITIONS(false),
    /** {@link SessionService#scan}. */
    SCAN(false),
    /** {@link SessionService#store}. */
    STORE(true),
    /** {@link SessionService#storeAll}: a call for each session. */
    STORE_ALL(true),
    /** {@link SessionService#findSharedState}. */
    FIND_SHARED_STATE(false),
    /** {@link SessionService#storeSharedState}. */
    STORE_SHARED_STATE(true),
    /** {@link SessionService#scanSharedScopes}. */
    SCAN_SHARED_SCOPES(false);

    private final boolean change;

    SessionOperation(boolean change) {
        this.change = change;
    }

    /**
     * Tells whether the operation changes the store, so that a lost answer leaves it unknown what was done.
     *
     * @return false for reads
     */
    public boolean isChange() {
        return change;
    }
}
