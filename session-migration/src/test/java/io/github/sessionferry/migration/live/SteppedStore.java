package io.github.sessionferry.migration.live;

import io.github.sessionferry.core.AmbiguousOutcomeException;
import io.github.sessionferry.core.AppendOutcome;
import io.github.sessionferry.core.DeleteOutcome;
import io.github.sessionferry.core.EventSelection;
import io.github.sessionferry.core.ForwardingSessionService;
import io.github.sessionferry.core.NewSession;
import io.github.sessionferry.core.Precondition;
import io.github.sessionferry.core.ScanCursor;
import io.github.sessionferry.core.ScanPage;
import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionErrorCode;
import io.github.sessionferry.core.SessionEvent;
import io.github.sessionferry.core.SessionException;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SessionPage;
import io.github.sessionferry.core.SessionQuery;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.SharedScope;
import io.github.sessionferry.core.SharedScopePage;
import io.github.sessionferry.core.SharedStateOutcome;
import io.github.sessionferry.core.SharedValue;
import io.github.sessionferry.core.StoreOutcome;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** A store each of whose calls is a step, and may meet a fault. */
final class SteppedStore extends ForwardingSessionService {

    /** What a call meets. */
    enum Fault {
        NONE,
        /** Refused; nothing was done. */
        REFUSED,
        /** The request was lost, and nobody knows. */
        LOST_REQUEST,
        /** It was done, and the answer was lost. */
        LOST_ANSWER
    }

    private final Interleaver interleaver;
    private final Supplier<Fault> faults;

    SteppedStore(SessionService store, Interleaver interleaver, Supplier<Fault> faults) {
        super(store);
        this.interleaver = interleaver;
        this.faults = faults;
    }

    private <T> T read(Supplier<T> call) {
        interleaver.step();
        if (faults.get() != Fault.NONE) {
            throw new SessionException(SessionErrorCode.UNAVAILABLE, "no answer");
        }
        return call.get();
    }

    private <T> T change(Supplier<T> call) {
        interleaver.step();
        switch (faults.get()) {
            case REFUSED -> throw new SessionException(SessionErrorCode.UNAVAILABLE, "refused");
            case LOST_REQUEST -> throw new AmbiguousOutcomeException("no answer", null, null);
            case LOST_ANSWER -> {
                var unused = call.get();
                interleaver.step();
                throw new AmbiguousOutcomeException("no answer", null, null);
            }
            case NONE -> {}
        }
        T result = call.get();
        interleaver.step();
        return result;
    }

    @Override
    public Session create(NewSession request) {
        return change(() -> super.create(request));
    }

    @Override
    public Optional<Session> find(SessionKey key, EventSelection events) {
        return read(() -> super.find(key, events));
    }

    @Override
    public SessionPage list(SessionQuery query, ScanCursor cursor, int limit) {
        return read(() -> super.list(query, cursor, limit));
    }

    @Override
    public AppendOutcome append(SessionKey key, SessionEvent event) {
        return change(() -> super.append(key, event));
    }

    @Override
    public DeleteOutcome delete(SessionKey key, Precondition precondition) {
        return change(() -> super.delete(key, precondition));
    }

    @Override
    public List<ScanCursor> scanPartitions(int atMost) {
        return List.of(ScanCursor.START);
    }

    @Override
    public ScanPage scan(ScanCursor cursor, int limit) {
        return read(() -> super.scan(cursor, limit));
    }

    @Override
    public StoreOutcome store(Session session, Precondition precondition) {
        return change(() -> super.store(session, precondition));
    }

    @Override
    public Map<String, SharedValue> findSharedState(SharedScope scope) {
        return read(() -> super.findSharedState(scope));
    }

    @Override
    public SharedStateOutcome storeSharedState(SharedScope scope, Map<String, SharedValue> values) {
        return change(() -> super.storeSharedState(scope, values));
    }

    @Override
    public SharedScopePage scanSharedScopes(ScanCursor cursor, int limit) {
        return read(() -> super.scanSharedScopes(cursor, limit));
    }
}
