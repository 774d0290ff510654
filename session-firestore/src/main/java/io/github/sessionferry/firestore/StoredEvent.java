package io.github.sessionferry.firestore;

import static java.util.Objects.requireNonNull;

import com.google.cloud.Timestamp;
import com.google.cloud.firestore.DocumentSnapshot;
import io.github.sessionferry.core.SessionEvent;
import java.util.Comparator;

/**
 * An event's document, read by itself.
 *
 * @param event the event
 * @param isExact whether the document tells all of it; otherwise the layout has to look at the events around it
 * @param createTime when Firestore got the document
 * @param order the place among the events of one time and one commit
 */
record StoredEvent(SessionEvent event, boolean isExact, Timestamp createTime, long order) {

    static final Comparator<StoredEvent> ORDER = Comparator.comparing(
                    (StoredEvent stored) -> stored.event().timestamp())
            .thenComparing(StoredEvent::createTime)
            .thenComparing(StoredEvent::order)
            .thenComparing(stored -> stored.event().id());

    static StoredEvent of(SessionEvent event, boolean isExact, DocumentSnapshot document) {
        Object order = document.get(Layout.ORDER);
        return new StoredEvent(
                event, isExact, requireNonNull(document.getCreateTime()), order instanceof Long number ? number : 0);
    }
}
