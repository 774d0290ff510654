package io.github.sessionferry.firestore;

import com.google.cloud.firestore.DocumentReference;
import com.google.cloud.firestore.DocumentSnapshot;
import io.github.sessionferry.core.SessionErrorCode;
import io.github.sessionferry.core.SessionException;
import io.github.sessionferry.core.SessionKey;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Tells which document is a session's. Sessions of several users or applications may be in one collection, so that a
 * document of the session's id may be somebody else's; what counts is who the document says it belongs to. Thread-safe.
 */
final class SessionPlaces {

    private final Layout layout;
    private final Clock clock;

    SessionPlaces(Layout layout, Clock clock) {
        this.layout = layout;
        this.clock = clock;
    }

    /**
     * Where a session is, or would be.
     *
     * @param session the session, if it is there
     * @param gone a document of the session that is expired or being removed
     * @param free the first place where no document is
     */
    record Place(Optional<StoredSession> session, Optional<DocumentSnapshot> gone, Optional<DocumentReference> free) {}

    /**
     * Looks at the documents in a session's {@linkplain Layout#places places}.
     *
     * @throws SessionException {@link SessionErrorCode#CORRUPT} if one of them cannot be read and none is the session
     */
    Place locate(SessionKey key, List<DocumentSnapshot> documents) {
        StoredSession session = null;
        DocumentSnapshot gone = null;
        DocumentReference free = null;
        SessionException unreadable = null;
        for (DocumentSnapshot document : documents) {
            try {
                if (!document.exists()) {
                    free = free == null ? document.getReference() : free;
                } else if (layout.key(document).equals(key)) {
                    session = findSession(document);
                    gone = session == null ? document : null;
                }
            } catch (IllegalArgumentException e) {
                unreadable = corrupt(key, document, e);
            }
        }
        if (session == null && unreadable != null) {
            throw unreadable;
        }
        return new Place(Optional.ofNullable(session), Optional.ofNullable(gone), Optional.ofNullable(free));
    }

    /**
     * The session in a document, or null if it is expired or being removed.
     *
     * @throws IllegalArgumentException if the document is no session
     */
    @Nullable
    StoredSession findSession(DocumentSnapshot document) {
        if (layout.isRemoving(document)) {
            return null;
        }
        StoredSession session = layout.session(document);
        return session.expireTime() == null || session.expireTime().isAfter(clock.instant()) ? session : null;
    }

    static SessionException corrupt(
            @Nullable SessionKey key, DocumentSnapshot document, IllegalArgumentException reason) {
        return new SessionException(
                SessionErrorCode.CORRUPT,
                "the document " + document.getReference().getPath() + " cannot be read: " + reason.getMessage(),
                key,
                null,
                reason);
    }
}
