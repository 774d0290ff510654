package io.github.sessionferry.vertex;

import com.google.cloud.aiplatform.v1.Part;
import com.google.protobuf.Descriptors.FieldDescriptor;
import io.github.sessionferry.core.codec.Encodings;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Parts of a kind for which the service has no field, as newer models write them. They are in the raw event alone.
 * Thread-safe: static methods only.
 */
final class UnknownParts {

    static final String KIND = "unknown part";

    private static final Set<String> KINDS = names(Part.getDescriptor().getOneofs().stream()
            .filter(choice -> choice.getName().equals("data"))
            .findFirst()
            .orElseThrow()
            .getFields());
    private static final Set<String> FIELDS = names(Part.getDescriptor().getFields());

    private UnknownParts() {}

    private static Set<String> names(List<FieldDescriptor> fields) {
        return fields.stream()
                .flatMap(field -> Stream.of(field.getName(), field.getJsonName()))
                .collect(Collectors.toUnmodifiableSet());
    }

    static void count(Map<String, ? extends @Nullable Object> content, Encodings encodings) {
        if (content.get("parts") instanceof List<?> parts) {
            parts.stream()
                    .filter(part -> part instanceof Map<?, ?> fields && isUnknown(fields.keySet()))
                    .forEach(part -> encodings.add(KIND));
        }
    }

    private static boolean isUnknown(Collection<?> fields) {
        return fields.stream().noneMatch(KINDS::contains) && !FIELDS.containsAll(fields);
    }
}
