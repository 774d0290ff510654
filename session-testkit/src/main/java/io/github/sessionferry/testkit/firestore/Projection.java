package io.github.sessionferry.testkit.firestore;

import com.google.firestore.v1.Document;
import com.google.firestore.v1.DocumentMask;
import com.google.firestore.v1.Value;
import java.util.List;
import java.util.Map;

/** Documents with some of their fields only. */
final class Projection {
    private Projection() {}

    static Document of(Document document, DocumentMask mask) {
        return of(
                document,
                mask.getFieldPathsList().stream().map(FieldPath::parse).toList());
    }

    static Document of(Document document, List<FieldPath> fields) {
        Map<String, Value> kept = Map.of();
        for (FieldPath field : fields) {
            Value value = field.find(document.getFieldsMap());
            if (value != null) {
                kept = field.set(kept, value);
            }
        }
        return document.toBuilder().clearFields().putAllFields(kept).build();
    }
}
