package io.github.sessionferry.core;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What must hold in the store for a guarded write to be done.
 *
 * <p>Immutable.
 *
 * @since 0.1
 */
public final class Precondition {

    private static final Precondition NONE = new Precondition(false, null);
    private static final Precondition ABSENT = new Precondition(true, null);

    private final boolean absent;
    private final @Nullable String revision;

    private Precondition(boolean absent, @Nullable String revision) {
        this.absent = absent;
        this.revision = revision;
    }

    /**
     * Nothing is asked.
     *
     * @return the precondition that always holds
     */
    public static Precondition none() {
        return NONE;
    }

    /**
     * The session must not exist.
     *
     * @return the precondition
     */
    public static Precondition absent() {
        return ABSENT;
    }

    /**
     * The session must exist and still have the revision that was read.
     *
     * @param revision the token of {@link Session#revision()}
     * @return the precondition
     */
    public static Precondition revision(String revision) {
        return new Precondition(false, requireNonNull(revision, "revision"));
    }

    /**
     * Whether the session must not exist.
     *
     * @return true for {@link #absent()}
     */
    public boolean requiresAbsence() {
        return absent;
    }

    /**
     * The revision that must still stand.
     *
     * @return the token, or empty if none is asked
     */
    public Optional<String> requiredRevision() {
        return Optional.ofNullable(revision);
    }

    /**
     * Tells whether the precondition holds.
     *
     * @param currentRevision the revision that the session has now; {@code null} if it does not exist
     * @return true if the guarded write may be done
     */
    public boolean holdsFor(@Nullable String currentRevision) {
        if (absent) {
            return currentRevision == null;
        }
        return revision == null || revision.equals(currentRevision);
    }

    @Override
    public String toString() {
        if (absent) {
            return "absent";
        }
        return revision == null ? "none" : "revision " + revision;
    }
}
