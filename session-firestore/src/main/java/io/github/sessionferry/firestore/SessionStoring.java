package io.github.sessionferry.firestore;

import static java.util.Objects.requireNonNull;

import com.google.cloud.firestore.DocumentReference;
import com.google.cloud.firestore.DocumentSnapshot;
import com.google.cloud.firestore.FieldMask;
import com.google.cloud.firestore.WriteBatch;
import com.google.common.collect.Lists;
import io.github.sessionferry.core.Precondition;
import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionErrorCode;
import io.github.sessionferry.core.SessionEvent;
import io.github.sessionferry.core.SessionException;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.StoreOutcome;
import io.github.sessionferry.core.StoreOutcome.Status;
import io.github.sessionferry.core.StoreRehearsal;
import io.github.sessionferry.core.codec.Encodings;
import io.github.sessionferry.firestore.SessionPlaces.Place;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Makes a session's documents what a given session says.
 *
 * <p>In one commit where it fits. Otherwise the first commit writes the session's document, checks the precondition, and
 * marks the document as incomplete; further ones add the events; the last one takes the mark away. Each asks that the
 * document still has this run's mark and has not changed since it was read, so that a run that was overtaken by a
 * deletion, or by another run, writes nothing more.
 */
final class SessionStoring {

    private static final int EVENTS_PER_COMMIT = 450;
    private static final int EVENTS_PER_READ = 300;
    private static final long BYTES_PER_COMMIT = 2 << 20;
    private static final List<String> DEALT_WITH_APART =
            List.of(Layout.STATE, Layout.REVISION, Layout.STORING, Layout.REMOVING);

    private final Documents documents;
    private final Layout layout;
    private final SessionPlaces places;
    private final SharedStateDocuments sharedState;
    private final SessionRemoval removal;
    private final Session session;
    private final String mark = UUID.randomUUID() + "/";

    private Map<String, @Nullable Object> copies = Map.of();

    /** What the last commit tried to begin with, in case it was applied without an answer. */
    private @Nullable Begun tried;

    SessionStoring(
            Documents documents,
            Layout layout,
            SessionPlaces places,
            SharedStateDocuments sharedState,
            SessionRemoval removal,
            Session session) {
        this.documents = documents;
        this.layout = layout;
        this.places = places;
        this.sharedState = sharedState;
        this.removal = removal;
        this.session = session;
    }

    /** What the first commit did, and what is left to do. */
    private record Begun(
            Status status,
            DocumentReference reference,
            List<List<SizedDocument>> events,
            Map<String, Integer> encodings) {

        List<List<SizedDocument>> rest() {
            return events.isEmpty() ? events : events.subList(1, events.size());
        }

        boolean isWhole() {
            return rest().isEmpty();
        }
    }

    StoreOutcome store(Precondition precondition) {
        sharedState.checkNames(session.key());
        Begun begun = documents.change(maybeApplied -> begin(precondition, maybeApplied));
        if (begun.status() == Status.CONFLICT) {
            return StoreOutcome.CONFLICT;
        }
        List<List<SizedDocument>> rest = begun.rest();
        for (int i = 0; i < rest.size(); i++) {
            goOn(begun.reference(), rest.get(i), i, i == rest.size() - 1);
        }
        return new StoreOutcome(
                begun.status(),
                begun.events().stream().mapToInt(List::size).sum(),
                begun.encodings(),
                storedId(begun.reference()));
    }

    StoreRehearsal rehearse() {
        sharedState.checkNames(session.key());
        DocumentReference reference = layout.places(session.key()).get(0);
        Encodings encodings = new Encodings();
        SizedDocument document = document(reference, encodings);
        List<SizedDocument> events = documentsOf(reference, true, encodings);
        return new StoreRehearsal(
                encodings.counts(),
                storedId(reference),
                Map.of(FirestoreSessionService.WRITES, 1 + events.size()),
                Math.max(1, commits(document.bytes(), events).size()));
    }

    private Optional<String> storedId(DocumentReference reference) {
        return Optional.of(reference.getId())
                .filter(id -> !id.equals(session.key().sessionId()));
    }

    private SizedDocument document(DocumentReference reference, Encodings encodings) {
        return SizedDocument.of(
                "the session",
                session.key(),
                reference,
                layout.fields(session, SessionState.ofOwn(session.state()).plus(copies), null, encodings));
    }

    private Begun begin(Precondition precondition, boolean maybeApplied) {
        copies = layout.makesCopies() ? copies() : Map.of();
        Place place = places.locate(session.key(), documents.getAll(layout.places(session.key())));
        StoredSession present = place.session().orElse(null);
        if (maybeApplied && tried != null && present != null && isDone(present, tried)) {
            return tried;
        }
        if (!precondition.holdsFor(present == null ? null : present.revision())) {
            if (maybeApplied) {
                throw documents.ambiguous(null);
            }
            return new Begun(Status.CONFLICT, layout.places(session.key()).get(0), List.of(), Map.of());
        }
        return present == null ? create(removal.clear(session.key(), place)) : update(present);
    }

    /** The shared keys that the session has as the store has them: their owner reads them in its document. */
    private Map<String, @Nullable Object> copies() {
        Map<String, @Nullable Object> same = SessionState.sharedPart(session.state());
        if (!same.isEmpty()) {
            same.entrySet().retainAll(sharedState.seen(session.key()).entrySet());
        }
        return same;
    }

    private boolean isDone(StoredSession present, Begun attempt) {
        if (!attempt.isWhole()) {
            return (mark + 0).equals(present.document().get(Layout.STORING));
        }
        Encodings encodings = new Encodings();
        return changes(present, fields(present, encodings)).isEmpty()
                && missing(documentsOf(present.reference(), false, encodings)).isEmpty();
    }

    private Begun create(DocumentReference reference) {
        Encodings encodings = new Encodings();
        SizedDocument document = document(reference, encodings);
        Map<String, @Nullable Object> fields = document.fields();
        List<List<SizedDocument>> events = commits(document.bytes(), documentsOf(reference, true, encodings));
        Begun begun = new Begun(Status.CREATED, reference, events, encodings.counts());
        if (!begun.isWhole()) {
            fields.put(Layout.STORING, mark + 0);
        }
        WriteBatch batch = documents.batch();
        batch.create(reference, fields);
        commit(batch, begun);
        return begun;
    }

    private Begun update(StoredSession present) {
        Encodings encodings = new Encodings();
        Map<String, @Nullable Object> fields = fields(present, encodings);
        FieldChanges changes = changes(present, fields);
        List<SizedDocument> missing = missing(documentsOf(present.reference(), false, encodings));
        if (changes.isEmpty() && missing.isEmpty()) {
            return new Begun(Status.UNCHANGED, present.reference(), List.of(), encodings.counts());
        }
        long bytes = SizedDocument.of("the session", session.key(), present.reference(), fields)
                .bytes();
        Begun begun = new Begun(Status.UPDATED, present.reference(), commits(bytes, missing), encodings.counts());
        if (!begun.isWhole()) {
            changes.set(Layout.STORING, mark + 0);
        }
        layout.count(changes);
        WriteBatch batch = documents.batch();
        changes.addTo(batch);
        commit(batch, begun);
        return begun;
    }

    private void commit(WriteBatch batch, Begun begun) {
        begun.events().stream().limit(1).forEach(events -> add(batch, events));
        tried = begun;
        documents.commit(batch);
    }

    private static void add(WriteBatch batch, List<SizedDocument> events) {
        events.forEach(event -> batch.create(event.reference(), event.fields()));
    }

    private Map<String, @Nullable Object> fields(StoredSession present, Encodings encodings) {
        return layout.fields(
                session, present.state().withOwn(session.state()).plus(copies), present.document(), encodings);
    }

    private FieldChanges changes(StoredSession present, Map<String, @Nullable Object> fields) {
        FieldChanges changes = new FieldChanges(present.document());
        changes.replaceFields(fields, DEALT_WITH_APART);
        layout.changeState(changes, present.document(), requireNonNull(fields.get(Layout.STATE)));
        if (present.document().contains(Layout.STORING)) {
            changes.delete(Layout.STORING);
        }
        return changes;
    }

    /** All events as documents; those of one time are numbered, for one commit gives them one time of creation. */
    private List<SizedDocument> documentsOf(DocumentReference reference, boolean alone, Encodings encodings) {
        SessionKey key = session.key();
        List<SessionEvent> events = session.events();
        List<Map<String, @Nullable Object>> encoded = layout.encode(key, events, alone, encodings);
        List<SizedDocument> all = new ArrayList<>(events.size());
        for (int i = 0; i < events.size(); i++) {
            SessionEvent event = events.get(i);
            Map<String, @Nullable Object> fields = encoded.get(i);
            if (isTied(events, i, i - 1) || isTied(events, i, i + 1)) {
                fields.put(Layout.ORDER, (long) i);
            }
            all.add(SizedDocument.of("an event", key, layout.event(reference, event.id()), fields));
        }
        return all;
    }

    private static boolean isTied(List<SessionEvent> events, int one, int other) {
        return other >= 0
                && other < events.size()
                && events.get(one).timestamp().equals(events.get(other).timestamp());
    }

    private List<SizedDocument> missing(List<SizedDocument> events) {
        Set<DocumentReference> present = new HashSet<>();
        for (List<SizedDocument> some : Lists.partition(events, EVENTS_PER_READ)) {
            List<DocumentReference> references =
                    some.stream().map(SizedDocument::reference).toList();
            documents.getAll(references, FieldMask.of(Layout.ID)).stream()
                    .filter(DocumentSnapshot::exists)
                    .forEach(event -> present.add(event.getReference()));
        }
        return events.stream()
                .filter(event -> !present.contains(event.reference()))
                .toList();
    }

    /** Divides events into commits, of which the first also holds the session's document. */
    private static List<List<SizedDocument>> commits(long sessionBytes, List<SizedDocument> events) {
        List<List<SizedDocument>> commits = new ArrayList<>();
        List<SizedDocument> commit = new ArrayList<>();
        long bytes = sessionBytes;
        for (SizedDocument event : events) {
            if (commit.size() == EVENTS_PER_COMMIT || bytes + event.bytes() > BYTES_PER_COMMIT) {
                commits.add(commit);
                commit = new ArrayList<>();
                bytes = 0;
            }
            commit.add(event);
            bytes += event.bytes();
        }
        if (!commit.isEmpty()) {
            commits.add(commit);
        }
        return commits;
    }

    /** Adds events, unless an earlier attempt at it did, and takes the mark away with the last of them. */
    private void goOn(DocumentReference reference, List<SizedDocument> events, int done, boolean last) {
        documents.change(maybeApplied -> {
            DocumentSnapshot document = documents.get(reference);
            Object found = document.exists() ? document.get(Layout.STORING) : null;
            if (maybeApplied && document.exists() && (last ? found == null : (mark + (done + 1)).equals(found))) {
                return document;
            }
            if (!(mark + done).equals(found)) {
                throw new SessionException(
                        SessionErrorCode.CONTENTION,
                        "the session was deleted, or stored by somebody else, while its events were being stored;"
                                + " begin again",
                        session.key(),
                        null,
                        null);
            }
            WriteBatch batch = documents.batch();
            FieldChanges changes = new FieldChanges(document);
            if (last) {
                changes.delete(Layout.STORING);
            } else {
                changes.set(Layout.STORING, mark + (done + 1));
            }
            changes.addTo(batch);
            add(batch, missing(events));
            documents.commit(batch);
            return document;
        });
    }
}
