package io.github.sessionferry.migration;

import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionEvent;
import io.github.sessionferry.core.StateScope;
import io.github.sessionferry.core.StateValues;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the state of a session is when both stores have events that the other lacks: each key holds what the latest event
 * that changes it has put there, wherever that event is. So it does not matter which way the session is reconciled, nor
 * how often. Thread-safe: static methods only.
 */
final class SessionMerge {

    /** Of two events of one time, the one with the later id counts as the later one, on both sides. */
    private static final Comparator<SessionEvent> ORDER =
            Comparator.comparing(SessionEvent::timestamp).thenComparing(SessionEvent::id);

    private SessionMerge() {}

    /**
     * A session with its state after the changes of events that only the other side has, but for those that an event of
     * its own overrules. The events themselves are not added.
     */
    static Session withState(Session base, Session elsewhere) {
        List<SessionEvent> missing = SessionComparison.eventsOnlyIn(elsewhere, base);
        return missing.isEmpty()
                ? base
                : base.toBuilder().state(state(base, missing)).build();
    }

    private static Map<String, @Nullable Object> state(Session session, List<SessionEvent> missing) {
        Map<String, SessionEvent> deciding = new HashMap<>();
        Stream.concat(session.events().stream(), missing.stream())
                .forEach(event ->
                        event.stateDelta().keySet().forEach(key -> deciding.merge(key, event, SessionMerge::later)));
        Map<String, @Nullable Object> changes = new LinkedHashMap<>();
        for (SessionEvent event : missing) {
            event.stateDelta().forEach((key, value) -> {
                if (StateScope.of(key) == StateScope.SESSION && Objects.equals(event, deciding.get(key))) {
                    changes.put(key, value);
                }
            });
        }
        return StateValues.apply(session.state(), changes);
    }

    private static SessionEvent later(SessionEvent one, SessionEvent other) {
        return ORDER.compare(one, other) >= 0 ? one : other;
    }
}
