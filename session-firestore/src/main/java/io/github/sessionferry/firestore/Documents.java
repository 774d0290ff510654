package io.github.sessionferry.firestore;

import com.google.cloud.Timestamp;
import com.google.cloud.firestore.DocumentReference;
import com.google.cloud.firestore.DocumentSnapshot;
import com.google.cloud.firestore.FieldMask;
import com.google.cloud.firestore.Firestore;
import com.google.cloud.firestore.Query;
import com.google.cloud.firestore.QueryDocumentSnapshot;
import com.google.cloud.firestore.QuerySnapshot;
import com.google.cloud.firestore.TransactionOptions;
import com.google.cloud.firestore.WriteBatch;
import com.google.cloud.firestore.WriteResult;
import io.github.sessionferry.core.SessionException;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.firestore.Rpc.Attempt;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes documents for one operation: its name and session are told in every failure. Thread-safe.
 */
final class Documents {

    private final Firestore firestore;
    private final Rpc rpc;
    private final String action;
    private final @Nullable SessionKey key;

    Documents(Firestore firestore, Rpc rpc, String action, @Nullable SessionKey key) {
        this.firestore = firestore;
        this.rpc = rpc;
        this.action = action;
        this.key = key;
    }

    List<DocumentSnapshot> getAll(List<DocumentReference> references) {
        return rpc.read(action, key, () -> firestore.getAll(references.toArray(DocumentReference[]::new)));
    }

    List<DocumentSnapshot> getAll(List<DocumentReference> references, FieldMask mask) {
        return rpc.read(action, key, () -> firestore.getAll(references.toArray(DocumentReference[]::new), mask));
    }

    DocumentSnapshot get(DocumentReference reference) {
        return getAll(List.of(reference)).get(0);
    }

    List<QueryDocumentSnapshot> query(Query query) {
        return rpc.read(action, key, query::get).getDocuments();
    }

    /** Queries the state of a moment that is less than an hour ago. */
    List<QueryDocumentSnapshot> query(Query query, Timestamp moment) {
        TransactionOptions atThatMoment = TransactionOptions.createReadOnlyOptionsBuilder()
                .setReadTime(moment.toProto())
                .build();
        QuerySnapshot found = rpc.read(
                action, key, () -> firestore.runAsyncTransaction(transaction -> transaction.get(query), atThatMoment));
        return found.getDocuments();
    }

    WriteBatch batch() {
        return firestore.batch();
    }

    <T> T change(Attempt<T> attempt) {
        return rpc.change(action, key, attempt);
    }

    List<WriteResult> commit(WriteBatch batch) {
        return rpc.commit(action, key, batch);
    }

    SessionException ambiguous(@Nullable Throwable failure) {
        return rpc.ambiguous(action, key, failure);
    }
}
