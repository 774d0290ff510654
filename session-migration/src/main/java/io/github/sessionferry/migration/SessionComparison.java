package io.github.sessionferry.migration;

import io.github.sessionferry.core.Capability;
import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionEvent;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.SharedValue;
import io.github.sessionferry.core.StateScope;
import io.github.sessionferry.core.codec.EventDocument;
import io.github.sessionferry.migration.Difference.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What it means that the target holds what the source holds.
 *
 * <p>Compared are the session's own state, its other fields, the update time, the create time if both stores know it, the
 * expiry if both stores keep it, and the events: which, in what order, with what in them. Shared state is compared on its
 * own, and {@code temp:} keys of the state not at all, those of the events' deltas by rule.
 *
 * <p>Immutable.
 *
 * @since 0.1
 */
public final class SessionComparison {

    static final Duration DEFAULT_TOLERANCE = Duration.ofSeconds(1);

    private final boolean comparesExpiry;
    private final Duration tolerance;
    private final boolean showValues;
    private final TempState tempState;

    private SessionComparison(boolean comparesExpiry, Duration tolerance, boolean showValues, TempState tempState) {
        this.tempState = tempState;
        this.comparesExpiry = comparesExpiry;
        this.tolerance = tolerance;
        this.showValues = showValues;
    }

    /**
     * The comparison that a {@link Validator} makes if nothing else is set: times may be a second apart, and {@code temp:}
     * keys of the history are not compared.
     *
     * @param from the source
     * @param to the target
     * @return the comparison of sessions of these stores
     */
    public static SessionComparison between(SessionService from, SessionService to) {
        return of(from, to, DEFAULT_TOLERANCE, false, TempState.DROP);
    }

    /** A comparison to the microsecond. */
    static SessionComparison exact(SessionService from, SessionService to) {
        return of(from, to, Duration.ZERO, false, TempState.KEEP);
    }

    static SessionComparison of(
            SessionService from, SessionService to, Duration tolerance, boolean showValues, TempState tempState) {
        boolean expiry = from.capabilities().contains(Capability.EXPIRY)
                && to.capabilities().contains(Capability.EXPIRY);
        return new SessionComparison(expiry, tolerance, showValues, tempState);
    }

    /** The events that a session has and another does not, by id. */
    static List<SessionEvent> eventsOnlyIn(Session session, Session other) {
        Set<String> ids = other.events().stream().map(SessionEvent::id).collect(Collectors.toSet());
        return session.events().stream()
                .filter(event -> !ids.contains(event.id()))
                .toList();
    }

    /** Whether a write of the source's session would change nothing in the target. */
    boolean isUpToDate(Session source, Session target) {
        DifferenceFinder finder = new DifferenceFinder(tolerance, false);
        compareSession(finder, source, target);
        return finder.found().isEmpty() && eventsOnlyIn(source, target).isEmpty();
    }

    /** Whether the target's session has changed since it last was what the source's is. */
    static boolean isAhead(Session target, Session source) {
        return target.updateTime().isAfter(source.updateTime())
                || eventsOnlyIn(target, source).stream()
                        .anyMatch(event -> event.timestamp().isAfter(source.updateTime()));
    }

    /**
     * Tells where a session differs.
     *
     * @param source as the source has it
     * @param target as the target has it, with the same selection of events
     * @return the differences, which hold no values; empty if there are none
     */
    public List<Difference> differences(Session source, Session target) {
        DifferenceFinder finder = new DifferenceFinder(tolerance, showValues);
        compareSession(finder, source, target);
        compareEvents(
                finder,
                tempState.apply(source).events(),
                tempState.apply(target).events());
        return finder.found();
    }

    /**
     * Tells what of the source's session the target has not. If the target's has gone on since, its state, fields and times are
     * its own, and it may have more events.
     */
    List<Difference> lacking(Session source, Session target) {
        if (!target.updateTime().isAfter(source.updateTime().plus(tolerance))) {
            return differences(source, target);
        }
        DifferenceFinder finder = new DifferenceFinder(tolerance, showValues);
        compareCompleteness(finder, target);
        compareCreateTimes(finder, source, target);
        Set<String> ids = source.events().stream().map(SessionEvent::id).collect(Collectors.toSet());
        compareEvents(
                finder,
                tempState.apply(source).events(),
                tempState.apply(target).events().stream()
                        .filter(event -> ids.contains(event.id()))
                        .toList());
        return finder.found();
    }

    /** Compares shared state by value; paths begin with the scope's prefix. */
    List<Difference> differences(StateScope scope, Map<String, SharedValue> source, Map<String, SharedValue> target) {
        DifferenceFinder finder = new DifferenceFinder(tolerance, showValues);
        finder.maps("state", scope.qualify(valuesOf(source)), scope.qualify(valuesOf(target)));
        return finder.found();
    }

    private static Map<String, @Nullable Object> valuesOf(Map<String, SharedValue> shared) {
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        shared.forEach((key, value) -> values.put(key, value.value()));
        return values;
    }

    private void compareSession(DifferenceFinder finder, Session source, Session target) {
        compareCompleteness(finder, target);
        finder.maps("state", source.state(StateScope.SESSION), target.state(StateScope.SESSION));
        finder.maps("fields", source.fields(), target.fields());
        compareCreateTimes(finder, source, target);
        finder.times("update_time", source.updateTime(), target.updateTime());
        if (comparesExpiry) {
            compareExpiry(finder, source.expireTime(), target.expireTime());
        }
    }

    private static void compareCompleteness(DifferenceFinder finder, Session target) {
        if (!target.isComplete()) {
            finder.note("session", Kind.INCOMPLETE);
        }
    }

    private static void compareCreateTimes(DifferenceFinder finder, Session source, Session target) {
        if (source.createTime().isPresent() && target.createTime().isPresent()) {
            finder.times(
                    "create_time",
                    source.createTime().get(),
                    target.createTime().get());
        }
    }

    private static void compareExpiry(DifferenceFinder finder, Optional<Instant> source, Optional<Instant> target) {
        if (source.isPresent() && target.isPresent()) {
            finder.times("expire_time", source.get(), target.get());
        } else if (source.isPresent()) {
            finder.note("expire_time", Kind.MISSING);
        } else if (target.isPresent()) {
            finder.note("expire_time", Kind.UNEXPECTED);
        }
    }

    private static void compareEvents(DifferenceFinder finder, List<SessionEvent> source, List<SessionEvent> target) {
        Map<String, Integer> places = places(target);
        int last = -1;
        boolean inOrder = true;
        for (int i = 0; i < source.size(); i++) {
            SessionEvent event = source.get(i);
            Integer place = places.remove(event.id());
            finder.enterEvent(Optional.of(event.id()));
            if (place == null) {
                finder.note("events[" + i + "]", Kind.MISSING);
                continue;
            }
            compareEvent(finder, "events[" + i + "]", event, target.get(place));
            if (inOrder && place < last) {
                finder.note("events[" + i + "]", Kind.DIFFERENT_ORDER);
                inOrder = false;
            }
            last = place;
        }
        for (int i = 0; i < target.size(); i++) {
            if (places.containsKey(target.get(i).id())) {
                finder.enterEvent(Optional.of(target.get(i).id()));
                finder.note("events[" + i + "]", Kind.UNEXPECTED);
            }
        }
        finder.enterEvent(Optional.empty());
    }

    private static Map<String, Integer> places(List<SessionEvent> events) {
        Map<String, Integer> places = new HashMap<>();
        for (int i = 0; i < events.size(); i++) {
            places.put(events.get(i).id(), i);
        }
        return places;
    }

    private static void compareEvent(DifferenceFinder finder, String path, SessionEvent source, SessionEvent target) {
        if (source.equals(target)) {
            return;
        }
        finder.times(path + ".timestamp", source.timestamp(), target.timestamp());
        finder.maps(path, withoutTimestamp(source), withoutTimestamp(target));
    }

    private static Map<String, @Nullable Object> withoutTimestamp(SessionEvent event) {
        Map<String, @Nullable Object> document = EventDocument.write(event);
        document.remove("timestamp");
        return document;
    }
}
