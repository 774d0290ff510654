package io.github.sessionferry.migration.live;

import static io.github.sessionferry.core.SessionKey.RESERVED_APP_NAME;

import io.github.sessionferry.core.DeleteOutcome;
import io.github.sessionferry.core.EventSelection;
import io.github.sessionferry.core.Precondition;
import io.github.sessionferry.core.ScanCursor;
import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SessionPage;
import io.github.sessionferry.core.SessionQuery;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.SessionSummary;
import io.github.sessionferry.core.StoreOutcome;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Small records of the migration, kept in a store as sessions of the reserved application, so that every process sees
 * them. Thread-safe.
 */
final class ControlRecords {

    private static final int PAGE = 100;

    private final SessionService store;
    private final String kind;
    private final Clock clock;

    /**
     * Records of one kind.
     *
     * @param kind the user id that they have in the store
     */
    ControlRecords(SessionService store, String kind, Clock clock) {
        this.store = store;
        this.kind = kind;
        this.clock = clock;
    }

    /** A record as it was read. */
    record Versioned(String id, Map<String, @Nullable Object> values, String revision) {}

    Optional<Versioned> find(String id) {
        return store.find(key(id), EventSelection.none()).map(this::versioned);
    }

    /** Writes a record whatever it was. */
    void put(String id, Map<String, ? extends @Nullable Object> values) {
        write(id, values, Precondition.none());
    }

    /** Writes a record that did not exist, and tells whether that was so. */
    boolean create(String id, Map<String, ? extends @Nullable Object> values) {
        return write(id, values, Precondition.absent());
    }

    /** Writes a record that nobody has changed since, and tells whether that was so. */
    boolean replace(Versioned read, Map<String, ? extends @Nullable Object> values) {
        return write(read.id(), values, Precondition.revision(read.revision()));
    }

    private boolean write(String id, Map<String, ? extends @Nullable Object> values, Precondition precondition) {
        Session record = Session.builder(key(id), clock.instant()).state(values).build();
        return store.store(record, precondition).status() != StoreOutcome.Status.CONFLICT;
    }

    /** Removes a record that nobody has changed since, and tells whether that was so. */
    boolean remove(Versioned read) {
        return store.delete(key(read.id()), Precondition.revision(read.revision())) != DeleteOutcome.CONFLICT;
    }

    void forEach(Consumer<Versioned> action) {
        forEachPage(page -> page.forEach(action));
    }

    void forEachPage(Consumer<List<Versioned>> action) {
        Optional<ScanCursor> next = Optional.of(ScanCursor.START);
        while (next.isPresent()) {
            SessionPage page = store.list(SessionQuery.ofUser(RESERVED_APP_NAME, kind), next.get(), PAGE);
            Map<SessionKey, Session> records = store.findAll(
                    page.sessions().stream().map(SessionSummary::key).toList(), EventSelection.none());
            action.accept(records.values().stream().map(this::versioned).toList());
            next = page.next();
        }
    }

    private SessionKey key(String id) {
        return new SessionKey(RESERVED_APP_NAME, kind, id);
    }

    private Versioned versioned(Session record) {
        return new Versioned(
                record.key().sessionId(),
                record.state(),
                record.revision()
                        .orElseThrow(() -> new IllegalStateException(store.name() + " gives sessions no revision")));
    }
}
