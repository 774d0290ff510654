package io.github.sessionferry.file;

import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionEvent;
import io.github.sessionferry.core.StateScope;
import io.github.sessionferry.core.StateValues;
import io.github.sessionferry.core.codec.SessionDocument;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A session as its file has it: its own state only, and a revision. */
final class StoredSession {

    private static final String REVISION = "revision";

    private StoredSession() {}

    static Session read(Map<String, @Nullable Object> document) {
        if (document.get(REVISION) instanceof String revision) {
            return SessionDocument.read(document).toBuilder().revision(revision).build();
        }
        throw new IllegalArgumentException("the session has no revision");
    }

    static Map<String, @Nullable Object> write(Session session) {
        Map<String, @Nullable Object> document = SessionDocument.write(session);
        document.put(REVISION, session.revision().orElseThrow());
        return document;
    }

    static Session revised(Session session) {
        return session.toBuilder().revision(UUID.randomUUID().toString()).build();
    }

    static boolean has(Session session, String eventId) {
        return session.events().stream().anyMatch(event -> event.id().equals(eventId));
    }

    static Session withAppended(Session session, SessionEvent event) {
        List<SessionEvent> events = new ArrayList<>(session.events());
        events.add(event);
        Instant updateTime = event.timestamp().isAfter(session.updateTime()) ? event.timestamp() : session.updateTime();
        return revised(session.toBuilder()
                .updateTime(updateTime)
                .state(StateValues.apply(session.state(), StateScope.SESSION.select(event.stateDelta())))
                .events(events)
                .build());
    }

    /** What is to be stored: the given session with its own state only, and the events that only the store has. */
    static Session merged(@Nullable Session present, Session given) {
        List<SessionEvent> events = new ArrayList<>(present == null ? List.of() : present.events());
        Set<String> known = new HashSet<>();
        events.forEach(event -> known.add(event.id()));
        given.events().stream().filter(event -> !known.contains(event.id())).forEach(events::add);
        return revised(given.toBuilder()
                .state(given.state(StateScope.SESSION))
                .events(events)
                .build());
    }
}
