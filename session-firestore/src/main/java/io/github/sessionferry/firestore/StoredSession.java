package io.github.sessionferry.firestore;

import static java.util.Objects.requireNonNull;

import com.google.cloud.firestore.DocumentReference;
import com.google.cloud.firestore.DocumentSnapshot;
import com.google.cloud.firestore.Precondition;
import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionEvent;
import io.github.sessionferry.core.SessionKey;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A session's document, read.
 *
 * @param document as Firestore gave it
 * @param key whose session it is
 * @param state its state
 * @param updateTime when it last changed
 * @param createTime when it was created, if known
 * @param expireTime when it ceases to exist, if it does
 * @param fields every other field
 */
record StoredSession(
        DocumentSnapshot document,
        SessionKey key,
        SessionState state,
        Instant updateTime,
        @Nullable Instant createTime,
        @Nullable Instant expireTime,
        Map<String, @Nullable Object> fields) {

    DocumentReference reference() {
        return document.getReference();
    }

    String revision() {
        return requireNonNull(document.getUpdateTime()).toString();
    }

    /** What a commit must ask for to be refused if the document has changed since it was read. */
    static Precondition unchanged(DocumentSnapshot document) {
        return Precondition.updatedAt(requireNonNull(document.getUpdateTime()));
    }

    /** The session as a reader sees it. */
    Session toSession(Map<String, @Nullable Object> sharedState, List<SessionEvent> events) {
        Map<String, @Nullable Object> merged = new LinkedHashMap<>(state.flat());
        merged.putAll(sharedState);
        return Session.builder(key, updateTime)
                .createTime(createTime)
                .expireTime(expireTime)
                .state(merged)
                .fields(fields)
                .events(events)
                .revision(revision())
                .complete(!document.contains(Layout.STORING))
                .build();
    }
}
