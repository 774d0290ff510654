package io.github.sessionferry.migration;

/**
 * What a backup holds, and what it lacks.
 *
 * <p>Immutable.
 *
 * @param sessions how many sessions it holds
 * @param events how many events they have
 * @param sharedScopes of how many applications and users it holds shared state
 * @param sharedValues how many values that is
 * @param unreadable how many sessions, records and scopes of the source could not be read, so that it lacks them
 * @since 0.1
 */
public record BackupCounts(long sessions, long events, long sharedScopes, long sharedValues, long unreadable) {

    static final BackupCounts NONE = new BackupCounts(0, 0, 0, 0, 0);

    static BackupCounts ofSession(int events) {
        return new BackupCounts(1, events, 0, 0, 0);
    }

    static BackupCounts ofScope(int values) {
        return new BackupCounts(0, 0, 1, values, 0);
    }

    static BackupCounts ofUnreadable() {
        return new BackupCounts(0, 0, 0, 0, 1);
    }

    BackupCounts plus(BackupCounts other) {
        return new BackupCounts(
                sessions + other.sessions,
                events + other.events,
                sharedScopes + other.sharedScopes,
                sharedValues + other.sharedValues,
                unreadable + other.unreadable);
    }
}
