package io.github.sessionferry.vertex;

import com.google.api.gax.rpc.ApiException;
import com.google.cloud.aiplatform.v1.UpdateSessionRequest;
import com.google.protobuf.FieldMask;
import com.google.protobuf.Struct;
import io.github.sessionferry.core.EventSelection;
import io.github.sessionferry.core.Precondition;
import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionErrorCode;
import io.github.sessionferry.core.SessionEvent;
import io.github.sessionferry.core.SessionException;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.StateScope;
import io.github.sessionferry.core.StoreOutcome;
import io.github.sessionferry.core.StoreRehearsal;
import io.github.sessionferry.core.codec.Encodings;
import io.github.sessionferry.vertex.EngineSessions.Creation;
import io.github.sessionferry.vertex.EngineSessions.Place;
import io.github.sessionferry.vertex.SessionLabels.PromisedEvent;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Makes an engine hold a session with its history. The state is set as a whole; events are appended one by one, in their
 * order, without a native state delta, so that no history changes any state. The labels name the event that comes last
 * before the first one is appended: a session that was broken off is known by it. Thread-safe.
 */
final class Importer {

    private final AgentEngineClient client;
    private final EngineSessions sessions;
    private final EventLog log;
    private final InstantSource clock;

    Importer(AgentEngineClient client, EngineSessions sessions, EventLog log, InstantSource clock) {
        this.client = client;
        this.sessions = sessions;
        this.log = log;
        this.clock = clock;
    }

    /** A session in the service's terms. */
    private record Converted(
            Session session,
            Struct ownState,
            List<com.google.cloud.aiplatform.v1.SessionEvent> events,
            Map<String, Integer> encodings) {

        SessionKey key() {
            return session.key();
        }
    }

    /** @throws IllegalArgumentException before anything is changed, if the service cannot hold the session */
    StoreOutcome store(Session session, Precondition precondition) {
        Converted converted = convert(session);
        Place place = sessions.locate(session.key(), client.deadline());
        Optional<EngineSession> existing = place.session();
        if (!precondition.holdsFor(existing.map(EngineSession::revision).orElse(null))) {
            return StoreOutcome.CONFLICT;
        }
        if (existing.isPresent()) {
            return complete(converted, existing.get());
        }
        Creation creation = sessions.create(
                session.key(), place, labels -> resource(converted, beginning(labels, session)), client.deadline());
        if (!creation.byUs()) {
            return precondition.requiresAbsence() ? StoreOutcome.CONFLICT : complete(converted, creation.session());
        }
        append(converted, creation.session(), session.events());
        return outcome(StoreOutcome.Status.CREATED, session.events().size(), converted, creation.session());
    }

    /** @throws IllegalArgumentException if the service cannot hold the session */
    StoreRehearsal rehearse(Session session) {
        Converted converted = convert(session);
        List<String> places = EngineIds.candidates(session.key());
        SessionLabels labels = SessionLabels.begin(session.key(), places.get(0));
        com.google.cloud.aiplatform.v1.Session unused = resource(converted, beginning(labels, session));
        int appends = session.events().size();
        int reads = places.size() + 1;
        return new StoreRehearsal(
                converted.encodings(),
                storedId(session.key(), places.get(0)),
                Map.of(
                        CallKind.SESSION_WRITE.label(), 1,
                        CallKind.APPEND.label(), appends,
                        CallKind.READ.label(), reads),
                1 + appends + reads);
    }

    private Converted convert(Session session) {
        Keys.check(session.key());
        Encodings encodings = new Encodings();
        Struct ownState = StateCodec.encodeOwn(session.state(), session.fields(), encodings);
        List<com.google.cloud.aiplatform.v1.SessionEvent> events =
                new ArrayList<>(session.events().size());
        for (SessionEvent event : session.events()) {
            events.add(NativeEvents.ofHistory(event, events.size(), encodings));
        }
        return new Converted(session, ownState, events, encodings.counts());
    }

    private static SessionLabels beginning(SessionLabels labels, Session session) {
        SessionLabels withTimes = times(labels, session);
        List<SessionEvent> events = session.events();
        return events.isEmpty() ? withTimes : withTimes.withLastEvent(PromisedEvent.of(events.get(events.size() - 1)));
    }

    private static SessionLabels times(SessionLabels labels, Session session) {
        return labels.withTimes(
                session.createTime().orElse(null),
                session.updateTime(),
                session.expireTime().orElse(null));
    }

    private com.google.cloud.aiplatform.v1.Session resource(Converted converted, SessionLabels labels) {
        com.google.cloud.aiplatform.v1.Session.Builder resource = com.google.cloud.aiplatform.v1.Session.newBuilder()
                .setUserId(converted.key().userId())
                .setSessionState(converted.ownState())
                .putAllLabels(labels.write(Map.of()));
        Expiry.put(labels.expireTime(), clock.instant(), resource);
        return resource.build();
    }

    private StoreOutcome complete(Converted converted, EngineSession existing) {
        Session session = converted.session();
        List<SessionEvent> stored = log.read(existing.engineId(), EventSelection.all());
        Set<String> ids = stored.stream().map(SessionEvent::id).collect(Collectors.toSet());
        List<SessionEvent> missing = session.events().stream()
                .filter(event -> !ids.contains(event.id()))
                .toList();
        SessionLabels labels = times(existing.labels(), session);
        boolean differs = !labels.equals(existing.labels())
                || !existing.fields().equals(session.fields())
                || !StateScope.SESSION.select(existing.state()).equals(session.state(StateScope.SESSION));
        SessionLabels wanted = labels.withLastEvent(promise(existing.labels().lastEvent(), stored, missing, differs));
        boolean updated = !wanted.equals(existing.labels()) || differs;
        if (updated) {
            update(converted, existing, wanted);
        }
        append(converted, existing, missing);
        return outcome(
                updated || !missing.isEmpty() ? StoreOutcome.Status.UPDATED : StoreOutcome.Status.UNCHANGED,
                missing.size(),
                converted,
                existing);
    }

    /** Which event the labels have to promise; one append alone is done or not and needs no promise. */
    private static @Nullable PromisedEvent promise(
            @Nullable PromisedEvent current, List<SessionEvent> stored, List<SessionEvent> missing, boolean differs) {
        boolean kept = current == null || stored.stream().anyMatch(current::is);
        if (missing.isEmpty()) {
            return kept ? current : null;
        }
        return kept && !differs && missing.size() == 1 ? current : PromisedEvent.of(missing.get(missing.size() - 1));
    }

    private void update(Converted converted, EngineSession existing, SessionLabels wanted) {
        com.google.cloud.aiplatform.v1.Session.Builder resource = com.google.cloud.aiplatform.v1.Session.newBuilder()
                .setName(client.engine().session(existing.engineId()))
                .setSessionState(converted.ownState())
                .putAllLabels(wanted.write(existing.resource().getLabelsMap()));
        FieldMask.Builder mask =
                FieldMask.newBuilder().addPaths("session_state").addPaths("labels");
        if (!Objects.equals(wanted.expireTime(), existing.labels().expireTime())) {
            Expiry.replace(wanted.expireTime(), clock.instant(), resource);
            mask.addPaths(resource.hasTtl() ? "ttl" : "expire_time");
        }
        UpdateSessionRequest request = UpdateSessionRequest.newBuilder()
                .setSession(resource)
                .setUpdateMask(mask)
                .build();
        Deadline deadline = client.deadline();
        try {
            com.google.cloud.aiplatform.v1.Session updated = client.change(
                    "UpdateSession",
                    converted.key(),
                    true,
                    deadline,
                    () -> client.update(request, deadline),
                    () -> client.get(existing.engineId(), deadline)
                            .filter(now ->
                                    now.getLabelsMap().equals(resource.getLabelsMap()) && holds(now, converted)));
            if (!holds(updated, converted)) {
                throw new SessionException(
                        SessionErrorCode.INTERNAL,
                        "UpdateSession at " + client.store() + " did not set the state as it was asked to",
                        converted.key(),
                        null,
                        null);
            }
        } catch (ApiException e) {
            throw failure(e, "UpdateSession", converted.key());
        }
    }

    private static boolean holds(com.google.cloud.aiplatform.v1.Session resource, Converted converted) {
        return StateScope.SESSION
                .select(StateCodec.decodeState(resource.getSessionState()))
                .equals(converted.session().state(StateScope.SESSION));
    }

    private void append(Converted converted, EngineSession session, List<SessionEvent> events) {
        Set<String> ids = events.stream().map(SessionEvent::id).collect(Collectors.toSet());
        List<SessionEvent> all = converted.session().events();
        for (int i = 0; i < all.size(); i++) {
            if (ids.contains(all.get(i).id())) {
                append(
                        converted.key(),
                        session.engineId(),
                        all.get(i),
                        converted.events().get(i));
            }
        }
    }

    private void append(
            SessionKey key,
            String engineId,
            SessionEvent event,
            com.google.cloud.aiplatform.v1.SessionEvent converted) {
        try {
            new Append(client, log).run(key, engineId, event, converted, client.deadline());
        } catch (ApiException e) {
            throw failure(e, "AppendEvent", key);
        }
    }

    private SessionException failure(ApiException cause, String operation, SessionKey key) {
        return Failures.isAbsentSession(cause)
                ? new SessionException(
                        SessionErrorCode.CONTENTION,
                        "the session was deleted from " + client.store() + " while it was being stored; look again",
                        key,
                        null,
                        cause)
                : client.failure(cause, operation, key);
    }

    private static StoreOutcome outcome(
            StoreOutcome.Status status, int appended, Converted converted, EngineSession session) {
        return new StoreOutcome(status, appended, converted.encodings(), storedId(converted.key(), session.engineId()));
    }

    private static Optional<String> storedId(SessionKey key, String engineId) {
        return Optional.of(engineId).filter(id -> !id.equals(key.sessionId()));
    }
}
