package io.github.sessionferry.firestore;

import com.google.cloud.firestore.DocumentReference;
import com.google.cloud.firestore.DocumentSnapshot;
import com.google.cloud.firestore.FieldPath;
import com.google.cloud.firestore.Firestore;
import com.google.cloud.firestore.Query;
import com.google.cloud.firestore.QueryDocumentSnapshot;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks which layout a database has sessions in. Thread-safe. */
final class LayoutDetection {

    private static final Logger LOG = LoggerFactory.getLogger(LayoutDetection.class);

    /** So many sessions, or events, are looked at for those of a layout. */
    private static final int LOOKED_AT = 300;

    private final Firestore firestore;
    private final Documents documents;

    LayoutDetection(Firestore firestore, Documents documents) {
        this.firestore = firestore;
        this.documents = documents;
    }

    /**
     * Looks for the one of several layouts that there are sessions in.
     *
     * @throws IllegalArgumentException if there are none, or in several; the message tells which and what to do
     */
    FirestoreLayout detect(FirestoreLayout any) {
        List<FirestoreLayout> found =
                any.each().stream().filter(this::hasSessions).toList();
        List<String> names = found.stream().map(FirestoreLayout::name).toList();
        if (found.size() != 1) {
            throw new IllegalArgumentException(
                    found.isEmpty()
                            ? "the database has no sessions in any layout that is known; name the one that it is to have"
                                    + " with layout=, and collections of other names with root="
                            : "the database has sessions in the layouts " + String.join(" and ", names)
                                    + "; name the one that is meant with layout=");
        }
        LOG.info("event=firestore_layout layout={}", names.get(0));
        return found.get(0);
    }

    /** Sessions alone, or events of some: a layout that shares its root with another may have few of either. */
    private boolean hasSessions(FirestoreLayout candidate) {
        Layout layout = candidate.create(firestore);
        List<@Nullable DocumentReference> met = new ArrayList<>(names(layout.sessions()));
        names(layout.eventsOfAll()).forEach(event -> met.add(event.getParent().getParent()));
        return met.stream().anyMatch(session -> session != null && layout.isSession(session));
    }

    private List<DocumentReference> names(Query query) {
        List<QueryDocumentSnapshot> page = documents.query(
                query.select(new FieldPath[] {FieldPath.documentId()}).limit(LOOKED_AT));
        return page.stream().map(DocumentSnapshot::getReference).toList();
    }
}
