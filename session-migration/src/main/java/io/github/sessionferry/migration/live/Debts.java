package io.github.sessionferry.migration.live;

import io.github.sessionferry.core.SessionException;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.codec.Json;
import io.github.sessionferry.core.rollout.StoreSide;
import io.github.sessionferry.migration.internal.Traces;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The debt: changes that one store has and the other may lack.
 *
 * <p>What this process owes is in its memory and, if it has one, in its file. What could not be paid at once is also noted
 * in a store, that of the authority or else the other one, where every process finds it. Thread-safe.
 */
final class Debts {

    private static final Logger LOG = LoggerFactory.getLogger(StagedSessionService.class);

    static final String KIND = "debt";
    static final String AUTHORITY = "authority";
    private static final String EVENT = "event";
    private static final String APP_STATE = "app_state";
    private static final String USER_STATE = "user_state";
    private static final String SINCE = "since";
    private static final String NOTE = "note";

    private final @Nullable IntentFile file;
    private final ControlRecords inSource;
    private final ControlRecords inTarget;
    private final Clock clock;
    private final StagedListener listener;
    private final BoundedParallelism parallel;
    private final String process = UUID.randomUUID().toString();
    private final AtomicLong notes = new AtomicLong();
    private final Map<SessionKey, Own> own = new ConcurrentHashMap<>();

    Debts(
            StorePair stores,
            @Nullable IntentFile file,
            Clock clock,
            StagedListener listener,
            BoundedParallelism parallel) {
        this.file = file;
        this.clock = clock;
        this.listener = listener;
        this.parallel = parallel;
        inSource = new ControlRecords(stores.source(), KIND, clock);
        inTarget = new ControlRecords(stores.target(), KIND, clock);
        if (file != null) {
            file.unfinished()
                    .forEach((number, owed) ->
                            own.merge(owed.key(), new Own(List.of(new Intent(owed, List.of(number)))), Own::and));
        }
    }

    /** What this process owes of a session. */
    private record Own(List<Intent> intents) {

        Own and(Own later) {
            List<Intent> both = new ArrayList<>(intents);
            both.addAll(later.intents);
            return new Own(both);
        }

        Owed last() {
            return intents.get(intents.size() - 1).owed();
        }
    }

    /** A change that is under way. */
    record Intent(Owed owed, List<Long> numbers) {}

    /** Notes a change before it is made. */
    Intent begin(SessionKey key, StoreSide authority, Optional<String> eventId, TouchedScopes touched) {
        Owed owed = new Owed(key, authority, eventId, touched, clock.instant());
        return new Intent(owed, file == null ? List.of() : List.of(file.begin(owed)));
    }

    /** A change that only one store is to have. */
    Intent untracked(SessionKey key, StoreSide authority) {
        return new Intent(new Owed(key, authority, Optional.empty(), TouchedScopes.NONE, clock.instant()), List.of());
    }

    /** The change is in both stores, or in none. */
    void end(Intent intent) {
        if (file != null) {
            intent.numbers().forEach(file::end);
        }
    }

    /** The change is in one store, and may not be in the other. */
    void add(Intent intent) {
        Owed owed = intent.owed();
        own.merge(owed.key(), new Own(List.of(intent)), Own::and);
        noteInStore(owed);
        listener.debtChanged(own.size());
    }

    private void noteInStore(Owed owed) {
        Map<String, @Nullable Object> document = KeyDocument.write(owed.key());
        document.put(AUTHORITY, owed.authority().name());
        owed.eventId().ifPresent(id -> document.put(EVENT, id));
        document.put(APP_STATE, owed.touched().app());
        document.put(USER_STATE, owed.touched().user());
        document.put(SINCE, owed.since());
        document.put(NOTE, process + ":" + notes.incrementAndGet());
        for (StoreSide side : List.of(owed.authority(), owed.authority().other())) {
            try {
                on(side).put(KeyDocument.id(owed.key()), document);
                return;
            } catch (SessionException e) {
                LOG.warn("event=debt_not_noted side={} code={}", side, e.code());
            }
        }
        LOG.error(
                "event=debt_in_no_store session={} in_file={}",
                Json.write(owed.key().sessionId()),
                file != null);
    }

    /** Whether this process knows that the stores may differ in a session. */
    boolean isOwed(SessionKey key) {
        return !own.isEmpty() && own.containsKey(key);
    }

    Optional<Owed> find(SessionKey key) {
        return own.isEmpty()
                ? Optional.empty()
                : Optional.ofNullable(own.get(key)).map(Own::last);
    }

    int ownSize() {
        return own.size();
    }

    /** Settles by an action what this process owes of a session, unless more is added meanwhile. */
    void settleOwn(SessionKey key, Consumer<Owed> action) {
        Own before = own.get(key);
        if (before == null) {
            return;
        }
        before.intents().forEach(intent -> action.accept(intent.owed()));
        if (own.remove(key, before)) {
            before.intents().forEach(this::end);
            listener.debtChanged(own.size());
        }
    }

    /** Settles by an action whatever any process owes, several at a time; what fails stays. Tells how many failed. */
    int settleAll(Consumer<Owed> action) {
        int failed = failures(List.copyOf(own.keySet()), key -> attempt(() -> key, () -> settleOwn(key, action)));
        for (StoreSide side : StoreSide.values()) {
            failed += settleNoted(side, action);
        }
        return failed;
    }

    private int settleNoted(StoreSide side, Consumer<Owed> action) {
        int[] failed = {0};
        try {
            on(side).forEachPage(page -> failed[0] += failures(page, record -> settleNoted(record, side, action)));
        } catch (SessionException e) {
            LOG.warn("event=debt_unknown side={} code={}", side, e.code());
            failed[0]++;
        }
        return failed[0];
    }

    private boolean settleNoted(ControlRecords.Versioned record, StoreSide side, Consumer<Owed> action) {
        return attempt(() -> read(record.values()).key(), () -> {
            action.accept(read(record.values()));
            var unused = on(side).remove(record);
        });
    }

    private <T> int failures(Collection<T> items, Predicate<T> settlement) {
        return items.size() - parallel.countDone(items, settlement);
    }

    private static boolean attempt(Supplier<SessionKey> key, Runnable settlement) {
        try {
            settlement.run();
            return true;
        } catch (SessionException e) {
            LOG.warn(
                    "event=debt_not_settled session={} code={}",
                    Json.write(key.get().sessionId()),
                    e.code());
        } catch (RuntimeException e) {
            LOG.error("event=settling_broken trace={}", Traces.withoutMessages(e));
        }
        return false;
    }

    /** Everything that any process is known to owe. */
    List<Owed> all() {
        Map<SessionKey, Owed> all = new LinkedHashMap<>();
        own.forEach((key, debt) -> all.put(key, debt.last()));
        for (StoreSide side : StoreSide.values()) {
            on(side).forEach(record -> {
                Owed owed = read(record.values());
                all.putIfAbsent(owed.key(), owed);
            });
        }
        return List.copyOf(all.values());
    }

    private ControlRecords on(StoreSide side) {
        return side == StoreSide.SOURCE ? inSource : inTarget;
    }

    private static Owed read(Map<String, @Nullable Object> document) {
        return new Owed(
                KeyDocument.read(document),
                StoreSide.valueOf(String.valueOf(document.get(AUTHORITY))),
                Optional.ofNullable((String) document.get(EVENT)),
                new TouchedScopes(
                        Boolean.TRUE.equals(document.get(APP_STATE)), Boolean.TRUE.equals(document.get(USER_STATE))),
                document.get(SINCE) instanceof Instant since ? since : Instant.EPOCH);
    }
}
