package io.github.sessionferry.migration;

import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionEvent;
import io.github.sessionferry.core.StateScope;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of {@code temp:} keys, which belong to one invocation, when sessions are moved.
 *
 * <p>No store keeps them in a session's state. The history may hold them, in the state deltas of events.
 *
 * @since 0.1
 */
public enum TempState {
    /** The deltas of the events are moved without them. */
    DROP,
    /** The deltas of the events are moved as they are. */
    KEEP;

    /** The session as it is to be moved. */
    Session apply(Session session) {
        return this == KEEP || session.events().stream().allMatch(event -> countIn(event) == 0)
                ? session
                : session.toBuilder()
                        .events(session.events().stream()
                                .map(TempState::withoutTempKeys)
                                .toList())
                        .build();
    }

    /** How many keys are lost when these events are moved. */
    int countDropped(List<SessionEvent> events) {
        return this == KEEP ? 0 : events.stream().mapToInt(TempState::countIn).sum();
    }

    private static int countIn(SessionEvent event) {
        return (int)
                event.stateDelta().keySet().stream().filter(TempState::isTemp).count();
    }

    private static SessionEvent withoutTempKeys(SessionEvent event) {
        Map<String, @Nullable Object> delta = new LinkedHashMap<>(event.stateDelta());
        return delta.keySet().removeIf(TempState::isTemp)
                ? event.toBuilder().stateDelta(delta).build()
                : event;
    }

    private static boolean isTemp(String stateKey) {
        return StateScope.of(stateKey) == StateScope.TEMP;
    }
}
