package io.github.sessionferry.firestore;

import com.google.cloud.firestore.Blob;
import com.google.cloud.firestore.DocumentReference;
import com.google.cloud.firestore.GeoPoint;
import com.google.cloud.firestore.VectorValue;
import com.google.common.base.Utf8;
import com.google.firestore.v1.Value;
import io.github.sessionferry.core.SessionErrorCode;
import io.github.sessionferry.core.SessionException;
import io.github.sessionferry.core.SessionKey;
import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A document that is to be written, and its size as Firestore counts it.
 *
 * @param reference where it goes
 * @param fields its fields in Firestore's types
 * @param bytes its size, never more than Firestore takes
 * @see <a href="https://firebase.google.com/docs/firestore/storage-size">Firestore: storage size calculations</a>
 */
record SizedDocument(DocumentReference reference, Map<String, @Nullable Object> fields, long bytes) {

    private static final long MAX_BYTES = 1 << 20;

    /**
     * Measures a document.
     *
     * @param what what the document is, for the message
     * @throws SessionException {@link SessionErrorCode#INVALID_SESSION} if Firestore takes none of that size
     */
    static SizedDocument of(
            String what, SessionKey key, DocumentReference reference, Map<String, @Nullable Object> fields) {
        long bytes = 16 + 32 + Utf8.encodedLength(reference.getPath()) + 1 + sizeOf(fields);
        if (bytes > MAX_BYTES) {
            throw new SessionException(
                    SessionErrorCode.INVALID_SESSION,
                    "%s has %,d bytes; a Firestore document has at most %,d: make it smaller"
                            .formatted(what, bytes, MAX_BYTES),
                    key,
                    null,
                    null);
        }
        return new SizedDocument(reference, fields, bytes);
    }

    private static long sizeOf(@Nullable Object value) {
        if (value instanceof String text) {
            return Utf8.encodedLength(text) + 1L;
        }
        if (value instanceof Map<?, ?> map) {
            return sizeOf(map.keySet()) + sizeOf(map.values());
        }
        if (value instanceof Collection<?> list) {
            return list.stream().mapToLong(SizedDocument::sizeOf).sum();
        }
        if (value instanceof Blob blob) {
            return blob.toBytes().length;
        }
        if (value instanceof VectorValue vector) {
            return 8L * vector.toArray().length;
        }
        if (value instanceof Value reference) {
            return Utf8.encodedLength(reference.getReferenceValue()) + 1L;
        }
        if (value instanceof DocumentReference reference) {
            return Utf8.encodedLength(reference.getPath()) + 1L;
        }
        if (value instanceof GeoPoint) {
            return 16;
        }
        return value == null || value instanceof Boolean ? 1 : 8;
    }
}
