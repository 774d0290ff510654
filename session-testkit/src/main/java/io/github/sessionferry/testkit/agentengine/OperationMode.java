package io.github.sessionferry.testkit.agentengine;

/**
 * How the creation of a session becomes visible. Both modes were seen of the real service. Immutable.
 *
 * @since 0.1
 */
public final class OperationMode {
    /**
     * The operation is done in the answer to the create, and the session can be read at once.
     *
     * @since 0.1
     */
    public static final OperationMode DONE_AT_ONCE = new OperationMode(true, 0);

    private final boolean doneAtOnce;
    private final int looks;

    private OperationMode(boolean doneAtOnce, int looks) {
        this.doneAtOnce = doneAtOnce;
        this.looks = looks;
    }

    /**
     * The operation is not done in the answer to the create; the session shows only after a number of futile looks. A
     * look is a GetSession, answered NOT_FOUND, or a GetOperation, answered as not done. Until then lists leave the
     * session out, and an append or delete finds nothing.
     *
     * @param looks how many looks are futile; 0 or more
     * @return the mode
     * @throws IllegalArgumentException if negative
     * @since 0.1
     */
    public static OperationMode readableAfter(int looks) {
        if (looks < 0) {
            throw new IllegalArgumentException("looks must not be negative, was " + looks);
        }
        return new OperationMode(false, looks);
    }

    boolean isDoneAtOnce() {
        return doneAtOnce;
    }

    int looks() {
        return looks;
    }

    @Override
    public String toString() {
        return doneAtOnce ? "DONE_AT_ONCE" : "READABLE_AFTER(" + looks + ")";
    }
}
