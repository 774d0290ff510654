package io.github.sessionferry.migration;

import static java.util.Objects.requireNonNull;

import io.github.sessionferry.core.SessionErrorCode;
import io.github.sessionferry.core.SessionException;

/**
 * Why something could not be done.
 *
 * <p>Immutable; holds no session content.
 *
 * @param code the name of a {@link SessionErrorCode}, or one of those below
 * @param message what failed, where, and what to do
 * @since 0.1
 */
public record Failure(String code, String message) {

    /** The code of a journal that could not be written. */
    public static final String JOURNAL = "JOURNAL";

    /** The code of a backup that could not be written. */
    public static final String BACKUP = "BACKUP";

    /** The code of a run in which too many sessions in a row failed. */
    public static final String TOO_MANY_FAILURES = "TOO_MANY_FAILURES";

    /** The code of a self-test that failed, so that nothing was compared. */
    public static final String SELF_TEST = "SELF_TEST";

    /** The code of what was not repaired because the target's is newer, or not known to be older. */
    public static final String TARGET_AHEAD = "TARGET_AHEAD";

    /** The code of what still differs after a repair. */
    public static final String STILL_DIFFERENT = "STILL_DIFFERENT";

    /** The code of what was not retired because the target does not have it. */
    public static final String NOT_IN_TARGET = "NOT_IN_TARGET";

    /** The code of what was not retired because the target lacks something of it. */
    public static final String DIFFERENT = "DIFFERENT";

    /** The code of a session that was named to be compared and that neither store has. */
    public static final String IN_NEITHER_STORE = "IN_NEITHER_STORE";

    /** Checks the parts. */
    public Failure {
        requireNonNull(code, "code");
        requireNonNull(message, "message");
    }

    /**
     * Other exceptions than those of the model and the errors of stores do not promise that their messages are free of
     * content, so those are not told.
     */
    static Failure of(RuntimeException exception) {
        if (exception instanceof SessionException e) {
            return new Failure(e.code().name(), String.valueOf(e.getMessage()));
        }
        StackTraceElement[] trace = exception.getStackTrace();
        String place = trace.length == 0 ? "" : " at " + trace[0];
        return exception instanceof IllegalArgumentException
                ? new Failure(
                        SessionErrorCode.INVALID_SESSION.name(),
                        isOfTheModel(trace)
                                ? String.valueOf(exception.getMessage())
                                : "the session cannot be converted" + place)
                : new Failure(
                        SessionErrorCode.INTERNAL.name(),
                        "unexpected " + exception.getClass().getName() + place);
    }

    private static boolean isOfTheModel(StackTraceElement[] trace) {
        String thrower = trace.length == 0 ? "" : trace[0].getClassName();
        return thrower.substring(0, thrower.lastIndexOf('.') + 1).equals(SessionException.class.getPackageName() + ".");
    }
}
