package io.github.sessionferry.firestore;

import com.google.cloud.firestore.DocumentReference;
import com.google.cloud.firestore.DocumentSnapshot;
import com.google.cloud.firestore.FieldPath;
import com.google.cloud.firestore.Query;
import com.google.cloud.firestore.WriteBatch;
import io.github.sessionferry.core.SessionErrorCode;
import io.github.sessionferry.core.SessionException;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.firestore.SessionPlaces.Place;
import java.util.List;
import java.util.function.Predicate;

/**
 * Removes a session's document with all events under it.
 *
 * <p>With few events in one commit. With more, the first commit marks the document, and from then on the session is
 * absent; the last one deletes it. Every commit asks that the document has not changed, so that whoever creates the
 * session anew, which begins by finishing the removal, never loses an event to a removal that goes on elsewhere.
 */
final class SessionRemoval {

    private static final int EVENTS_PER_COMMIT = 450;

    private final Documents documents;
    private final Layout layout;

    SessionRemoval(Documents documents, Layout layout) {
        this.documents = documents;
        this.layout = layout;
    }

    /**
     * Makes one commit, within an attempt.
     *
     * @return whether events are left, for {@link #finish}
     */
    boolean begin(DocumentSnapshot session) {
        List<DocumentReference> events = events(session.getReference(), EVENTS_PER_COMMIT + 1);
        WriteBatch batch = documents.batch();
        boolean more = events.size() > EVENTS_PER_COMMIT;
        events.stream().limit(EVENTS_PER_COMMIT).forEach(batch::delete);
        if (more) {
            FieldChanges changes = new FieldChanges(session);
            layout.markRemoving(changes);
            changes.addTo(batch);
        } else {
            batch.delete(session.getReference(), StoredSession.unchanged(session));
        }
        documents.commit(batch);
        return more;
    }

    /** Goes on with a removal that has begun, until it is done here or elsewhere. */
    void finish(DocumentReference session) {
        removeWhile(session, layout::isRemoving);
    }

    private void removeWhile(DocumentReference session, Predicate<DocumentSnapshot> condition) {
        boolean more = true;
        while (more) {
            more = documents.change(maybeApplied -> {
                DocumentSnapshot document = documents.get(session);
                return document.exists() && condition.test(document) && begin(document);
            });
        }
    }

    /**
     * Prepares a place for a session that is to be created.
     *
     * @return the place, where neither a document is nor events are
     * @throws SessionException {@link SessionErrorCode#INVALID_SESSION} if there is none
     */
    DocumentReference clear(SessionKey key, Place place) {
        if (place.gone().isPresent()) {
            DocumentSnapshot gone = place.gone().get();
            removeWhile(
                    gone.getReference(),
                    document -> layout.isRemoving(document)
                            || StoredSession.unchanged(document).equals(StoredSession.unchanged(gone)));
            return gone.getReference();
        }
        DocumentReference free = place.free()
                .orElseThrow(() -> new SessionException(
                        SessionErrorCode.INVALID_SESSION,
                        "the session's id, and the id derived from it, are taken by sessions of others; choose another",
                        key,
                        null,
                        null));
        removeStrays(key, free);
        return free;
    }

    /**
     * Removes events under a document that does not exist, which Firestore allows: consoles, time-to-live policies and
     * simple clients delete a document alone.
     */
    void removeStrays(SessionKey key, DocumentReference absent) {
        if (events(absent, 1).isEmpty()) {
            return;
        }
        documents.change(maybeApplied -> {
            if (!documents.get(absent).exists()) {
                WriteBatch batch = documents.batch();
                batch.create(absent, layout.removalMark(key));
                documents.commit(batch);
            }
            return absent;
        });
        finish(absent);
    }

    private List<DocumentReference> events(DocumentReference session, int limit) {
        Query names = layout.events(session)
                .select(new FieldPath[] {FieldPath.documentId()})
                .limit(limit);
        return documents.query(names).stream()
                .map(DocumentSnapshot::getReference)
                .toList();
    }
}
