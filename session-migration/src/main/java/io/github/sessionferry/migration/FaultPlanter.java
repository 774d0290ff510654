package io.github.sessionferry.migration;

import static java.util.Objects.requireNonNull;

import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionEvent;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SharedScope;
import io.github.sessionferry.core.SharedValue;
import io.github.sessionferry.core.StateScope;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Plants faults in copies of what a target holds. Immutable. */
final class FaultPlanter {

    private final ScratchData target;
    private final Duration move;

    /**
     * Makes a planter.
     *
     * @param target what to change copies of
     * @param tolerance how far apart times may be and still count as equal
     */
    FaultPlanter(ScratchData target, Duration tolerance) {
        this.target = target;
        this.move = tolerance.plusSeconds(1);
    }

    /**
     * A copy with one fault in it.
     *
     * @param target the copy
     * @param sessions those that are to be found different, missing or unexpected; no others are
     * @param scopes those whose shared state is to be found different
     */
    record Planted(ScratchData target, Set<SessionKey> sessions, Set<SharedScope> scopes) {}

    /** Plants a fault in a session, or in the state that it shares; empty if that lacks what the fault needs. */
    Optional<Planted> plant(PlantedFault fault, SessionKey key) {
        Session session = target.sessions().get(key);
        return session == null ? Optional.empty() : plant(fault, session);
    }

    private Optional<Planted> plant(PlantedFault fault, Session session) {
        List<SessionEvent> events = session.events();
        int last = events.size() - 1;
        return switch (fault) {
            case EVENT_DROPPED -> last < 1 ? Optional.empty() : changed(session, without(events, last / 2));
            case LAST_EVENT_DROPPED -> last < 0 ? Optional.empty() : changed(session, without(events, last));
            case EVENT_DUPLICATED -> last < 0 ? Optional.empty() : changed(session, duplicated(events, last / 2));
            case EVENT_TIME_MOVED -> last < 0 ? Optional.empty() : changed(session, moved(events, last));
            case EVENTS_SWAPPED -> last < 1 ? Optional.empty() : changed(session, swapped(events));
            case UPDATE_TIME_MOVED ->
                changed(session.toBuilder()
                        .updateTime(session.updateTime().plus(move))
                        .build());
            case SESSION_KEY_BECOMES_USER_KEY -> sessionKeyToUser(session);
            case USER_KEY_BECOMES_SESSION_KEY -> userKeyToSession(session);
            case NUMBER_TYPE_CHANGED -> valueChanged(session, ValueChange.NUMBER_TYPE);
            case DEEP_VALUE_CHANGED -> valueChanged(session, ValueChange.DEEP_VALUE);
            case NULL_FOR_ABSENT -> changed(withState(session, absentKey(session), null));
            case SESSION_MISSING ->
                Optional.of(new Planted(target.without(session.key()), Set.of(session.key()), Set.of()));
            case SESSION_UNEXPECTED -> unexpected(session);
            case SHARED_VALUE_CHANGED -> sharedValueChanged(session.key());
        };
    }

    private Optional<Planted> changed(Session session) {
        return Optional.of(new Planted(target.with(session), Set.of(session.key()), Set.of()));
    }

    private Optional<Planted> changed(Session session, List<SessionEvent> events) {
        return changed(session.toBuilder().events(events).build());
    }

    // ---- events

    private static List<SessionEvent> without(List<SessionEvent> events, int index) {
        List<SessionEvent> rest = new ArrayList<>(events);
        rest.remove(index);
        return rest;
    }

    private static List<SessionEvent> duplicated(List<SessionEvent> events, int index) {
        Set<String> ids = events.stream().map(SessionEvent::id).collect(Collectors.toSet());
        SessionEvent event = events.get(index);
        String id = event.id() + "-again";
        while (ids.contains(id)) {
            id += "-again";
        }
        List<SessionEvent> more = new ArrayList<>(events);
        more.add(index + 1, copy(event, id, event.timestamp()));
        return more;
    }

    private List<SessionEvent> moved(List<SessionEvent> events, int index) {
        List<SessionEvent> moved = new ArrayList<>(events);
        SessionEvent event = events.get(index);
        moved.set(index, copy(event, event.id(), event.timestamp().plus(move)));
        return moved;
    }

    /** Swaps the two neighbours that are closest in time: each takes the other's place and time. */
    private static List<SessionEvent> swapped(List<SessionEvent> events) {
        int closest = 0;
        for (int i = 1; i < events.size() - 1; i++) {
            if (gap(events, i).compareTo(gap(events, closest)) < 0) {
                closest = i;
            }
        }
        SessionEvent first = events.get(closest);
        SessionEvent second = events.get(closest + 1);
        List<SessionEvent> swapped = new ArrayList<>(events);
        swapped.set(closest, copy(second, second.id(), first.timestamp()));
        swapped.set(closest + 1, copy(first, first.id(), second.timestamp()));
        return swapped;
    }

    private static Duration gap(List<SessionEvent> events, int index) {
        return Duration.between(
                events.get(index).timestamp(), events.get(index + 1).timestamp());
    }

    private static SessionEvent copy(SessionEvent event, String id, Instant timestamp) {
        return SessionEvent.builder(id, event.author(), timestamp)
                .invocationId(event.invocationId())
                .content(event.content().orElse(null))
                .stateDelta(event.stateDelta())
                .actions(event.actions())
                .fields(event.fields())
                .build();
    }

    // ---- state

    private static Session withState(Session session, String key, @Nullable Object value) {
        Map<String, @Nullable Object> state = new LinkedHashMap<>(session.state());
        state.put(key, value);
        return session.toBuilder().state(state).build();
    }

    private static Session withoutState(Session session, String key) {
        Map<String, @Nullable Object> state = new LinkedHashMap<>(session.state());
        state.remove(key);
        return session.toBuilder().state(state).build();
    }

    private static String absentKey(Session session) {
        String key = "absent";
        while (session.state().containsKey(key)) {
            key += "-";
        }
        return key;
    }

    private static Optional<Planted> none() {
        return Optional.empty();
    }

    private Optional<Planted> valueChanged(Session session, ValueChange change) {
        Optional<Map<String, @Nullable Object>> state = change.in(session.state(StateScope.SESSION));
        if (state.isPresent()) {
            Map<String, @Nullable Object> all = new LinkedHashMap<>(session.state());
            all.putAll(state.get());
            return changed(session.toBuilder().state(all).build());
        }
        for (int i = 0; i < session.events().size(); i++) {
            SessionEvent event = session.events().get(i);
            Optional<Map<String, @Nullable Object>> content = event.content().flatMap(change::in);
            if (content.isPresent()) {
                List<SessionEvent> events = new ArrayList<>(session.events());
                events.set(i, event.toBuilder().content(content.get()).build());
                return changed(session, events);
            }
        }
        return none();
    }

    // ---- shared state

    private static SharedScope userOf(SessionKey key) {
        return SharedScope.user(key.appName(), key.userId());
    }

    private Optional<Planted> sessionKeyToUser(Session session) {
        SharedScope user = userOf(session.key());
        Map<String, SharedValue> shared = target.shared().get(user);
        Map<String, @Nullable Object> own = session.state(StateScope.SESSION);
        if (shared == null) {
            return none();
        }
        return own.keySet().stream()
                .filter(key -> !shared.containsKey(key))
                .findFirst()
                .map(key -> flipped(
                        withoutState(session, key), user, plus(shared, key, SharedValue.of(own.get(key), null))));
    }

    private Optional<Planted> userKeyToSession(Session session) {
        SharedScope user = userOf(session.key());
        Map<String, SharedValue> shared = target.shared().getOrDefault(user, Map.of());
        return shared.keySet().stream()
                .filter(key -> StateScope.of(key) == StateScope.SESSION)
                .filter(key -> !session.state().containsKey(key))
                .findFirst()
                .map(key -> flipped(
                        withState(session, key, requireNonNull(shared.get(key)).value()), user, minus(shared, key)));
    }

    private Planted flipped(Session session, SharedScope user, Map<String, SharedValue> shared) {
        return new Planted(target.with(session).with(user, shared), Set.of(session.key()), Set.of(user));
    }

    private static Map<String, SharedValue> plus(Map<String, SharedValue> shared, String key, SharedValue value) {
        Map<String, SharedValue> changed = new LinkedHashMap<>(shared);
        changed.put(key, value);
        return changed;
    }

    private static Map<String, SharedValue> minus(Map<String, SharedValue> shared, String key) {
        Map<String, SharedValue> changed = new LinkedHashMap<>(shared);
        changed.remove(key);
        return changed;
    }

    private Optional<Planted> sharedValueChanged(SessionKey key) {
        for (SharedScope scope : List.of(userOf(key), SharedScope.app(key.appName()))) {
            Map<String, SharedValue> shared = target.shared().getOrDefault(scope, Map.of());
            for (Map.Entry<String, SharedValue> entry : shared.entrySet()) {
                Object other = ValueChange.other(entry.getValue().value());
                return Optional.of(new Planted(
                        target.with(scope, plus(shared, entry.getKey(), SharedValue.of(other, null))),
                        Set.of(),
                        Set.of(scope)));
            }
        }
        return none();
    }

    private Optional<Planted> unexpected(Session session) {
        SessionKey key = new SessionKey(
                session.key().appName(), session.key().userId(), session.key().sessionId() + "-unexpected");
        if (target.sessions().containsKey(key)) {
            return none();
        }
        Session copy = Session.builder(key, session.updateTime())
                .state(session.state())
                .events(session.events())
                .fields(session.fields())
                .revision(session.revision().orElse(null))
                .build();
        return Optional.of(new Planted(target.with(copy), Set.of(key), Set.of()));
    }
}
