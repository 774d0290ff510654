package io.github.sessionferry.migration.live;

import static java.util.Objects.requireNonNull;

import io.github.sessionferry.core.CallQuota;
import io.github.sessionferry.core.EventSelection;
import io.github.sessionferry.core.ForwardingSessionService;
import io.github.sessionferry.core.ScanCursor;
import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SessionQuery;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.rollout.StoreSide;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The source of a migration without the sessions that users have deleted since, in the stages in which the target decides:
 * the source may still hold them there, and a bulk migration from it would bring them back.
 *
 * <p>Thread-safe. It ends with the source, and is not to be closed.
 *
 * @since 0.1
 */
public final class UndeletedSource extends ForwardingSessionService {

    private final SessionService source;
    private final SessionService target;
    private final DeletedSessions deleted;

    private UndeletedSource(SessionService source, SessionService target) {
        super(source);
        this.source = source;
        this.target = target;
        deleted = new DeletedSessions(new StorePair(source, target), Clock.systemUTC());
    }

    /**
     * Looks whether users have been served from the two stores in stages, and hides what they have deleted if so, at the price
     * of a read of the target for each session.
     *
     * @param source the store in use before
     * @param target the store that is moved to
     * @return the source without what was deleted, or the source itself if there is neither a plan nor a deletion
     * @throws io.github.sessionferry.core.SessionException if a store cannot be read
     */
    public static SessionService of(SessionService source, SessionService target) {
        boolean staged = hasRecord(requireNonNull(source, "source"), PlanRecords.KIND)
                || hasRecord(requireNonNull(target, "target"), DeletedSessions.KIND);
        return staged ? new UndeletedSource(source, target) : source;
    }

    private static boolean hasRecord(SessionService store, String kind) {
        return !store.list(SessionQuery.ofUser(SessionKey.RESERVED_APP_NAME, kind), ScanCursor.START, 1)
                .sessions()
                .isEmpty();
    }

    @Override
    public Optional<Session> find(SessionKey key, EventSelection events) {
        return deleted.withoutDeleted(StoreSide.SOURCE).find(key, events);
    }

    @Override
    public SessionService forBulkWork(double reserve) {
        return new UndeletedSource(source.forBulkWork(reserve), target);
    }

    @Override
    public List<CallQuota> quotas() {
        return source.quotas();
    }

    @Override
    public OptionalLong estimatedSessions() {
        return source.estimatedSessions();
    }

    @Override
    public void close() {}
}
