package io.github.sessionferry.testkit.firestore;

import com.google.firestore.v1.Document;
import com.google.firestore.v1.Precondition;
import com.google.firestore.v1.Value;
import com.google.firestore.v1.Write;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What one write makes of a document. */
final class WriteRules {
    private WriteRules() {}

    /**
     * The outcome of a write.
     *
     * @param fields the document's new fields; null if it is deleted
     * @param transformResults one for each transform, in their order
     */
    record Outcome(@Nullable Map<String, Value> fields, List<Value> transformResults) {}

    /** The full name of the document that a write concerns. */
    static String target(Write write) {
        return switch (write.getOperationCase()) {
            case UPDATE -> write.getUpdate().getName();
            case DELETE -> write.getDelete();
            case TRANSFORM -> write.getTransform().getDocument();
            case OPERATION_NOT_SET -> throw Failures.invalid("empty write operation");
        };
    }

    static Outcome apply(Write write, ResourcePath path, @Nullable Document current, long nowMicros) {
        checkPrecondition(write.getCurrentDocument(), target(write), current);
        return switch (write.getOperationCase()) {
            case UPDATE ->
                transformed(path, write, updated(write, current), write.getUpdateTransformsList(), nowMicros);
            case TRANSFORM ->
                transformed(path, write, fieldsOf(current), write.getTransform().getFieldTransformsList(), nowMicros);
            default -> new Outcome(null, List.of());
        };
    }

    private static void checkPrecondition(Precondition precondition, String name, @Nullable Document current) {
        switch (precondition.getConditionTypeCase()) {
            case EXISTS -> checkExistence(precondition.getExists(), name, current != null);
            case UPDATE_TIME -> {
                long stored = current == null ? 0 : Micros.of(current.getUpdateTime());
                long required = Micros.of(precondition.getUpdateTime());
                if (stored != required) {
                    throw Failures.failedPrecondition(
                            "the stored version (%d) does not match the required base version (%d)"
                                    .formatted(stored, required));
                }
            }
            case CONDITIONTYPE_NOT_SET -> {}
        }
    }

    private static void checkExistence(boolean required, String name, boolean exists) {
        if (required && !exists) {
            throw Failures.notFound("No document to update: " + name);
        }
        if (!required && exists) {
            throw Failures.alreadyExists("Document already exists: " + name);
        }
    }

    private static Map<String, Value> updated(Write write, @Nullable Document current) {
        Map<String, Value> given = write.getUpdate().getFieldsMap();
        if (!write.hasUpdateMask()) {
            return given;
        }
        Map<String, Value> fields = fieldsOf(current);
        for (String text : write.getUpdateMask().getFieldPathsList()) {
            FieldPath path = FieldPath.parse(text);
            Value value = path.find(given);
            if (!path.isName()) {
                fields = value == null ? path.delete(fields) : path.set(fields, value);
            }
        }
        return fields;
    }

    private static Map<String, Value> fieldsOf(@Nullable Document current) {
        return current == null ? Map.of() : current.getFieldsMap();
    }

    private static Outcome transformed(
            ResourcePath path,
            Write write,
            Map<String, Value> fields,
            List<com.google.firestore.v1.DocumentTransform.FieldTransform> transforms,
            long nowMicros) {
        Map<String, Value> result = new LinkedHashMap<>(fields);
        List<Value> transformResults = new ArrayList<>();
        for (var transform : transforms) {
            FieldPath field = FieldPath.parse(transform.getFieldPath());
            FieldTransforms.Result transformed = FieldTransforms.apply(transform, field.find(result), nowMicros);
            result = field.set(result, transformed.stored());
            transformResults.add(transformed.reported());
        }
        return new Outcome(FieldRules.checked(path, target(write), result), transformResults);
    }
}
