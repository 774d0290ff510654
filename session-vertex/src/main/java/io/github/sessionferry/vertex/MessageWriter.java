package io.github.sessionferry.vertex;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import com.google.protobuf.Duration;
import com.google.protobuf.ListValue;
import com.google.protobuf.Message;
import com.google.protobuf.Struct;
import com.google.protobuf.Timestamp;
import com.google.protobuf.Value;
import com.google.protobuf.util.Durations;
import com.google.protobuf.util.Timestamps;
import io.github.sessionferry.core.Bytes;
import java.text.ParseException;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Fills protobuf messages from maps as far as they fit, names in snake_case or camelCase: what the message has no field
 * for, or of another type, is left out.
 */
final class MessageWriter {

    private MessageWriter() {}

    static <B extends Message.Builder> B fill(B message, Map<?, ? extends @Nullable Object> values) {
        for (FieldDescriptor field : message.getDescriptorForType().getFields()) {
            Object value =
                    values.containsKey(field.getName()) ? values.get(field.getName()) : values.get(field.getJsonName());
            if (value != null) {
                set(message, field, value);
            }
        }
        return message;
    }

    private static void set(Message.Builder message, FieldDescriptor field, Object value) {
        if (field.isMapField()) {
            if (value instanceof Map<?, ?> entries) {
                entries.forEach((key, element) -> addEntry(message, field, key, element));
            }
        } else if (field.isRepeated()) {
            if (value instanceof List<?> elements) {
                elements.forEach(element -> add(message, field, element));
            }
        } else {
            Object fitting = fitting(message, field, value);
            if (fitting != null) {
                message.setField(field, fitting);
            }
        }
    }

    private static void add(Message.Builder message, FieldDescriptor field, @Nullable Object element) {
        Object fitting = element == null ? null : fitting(message, field, element);
        if (fitting != null) {
            message.addRepeatedField(field, fitting);
        }
    }

    private static void addEntry(
            Message.Builder message, FieldDescriptor field, @Nullable Object key, @Nullable Object value) {
        Message.Builder entry = message.newBuilderForField(field);
        FieldDescriptor keyField = field.getMessageType().findFieldByName("key");
        FieldDescriptor valueField = field.getMessageType().findFieldByName("value");
        Object fittingKey = key == null ? null : fitting(entry, keyField, key);
        Object fittingValue = value == null ? null : fitting(entry, valueField, value);
        if (fittingKey != null && fittingValue != null) {
            message.addRepeatedField(
                    field,
                    entry.setField(keyField, fittingKey)
                            .setField(valueField, fittingValue)
                            .build());
        }
    }

    /** The value as the field's type, or {@code null} if it is none. */
    private static @Nullable Object fitting(Message.Builder parent, FieldDescriptor field, Object value) {
        if (field.getJavaType() == JavaType.MESSAGE) {
            return message(parent.newBuilderForField(field), value);
        }
        if (value instanceof String text) {
            return switch (field.getJavaType()) {
                case STRING -> PlainValues.of(text);
                case ENUM -> constant(field.getEnumType(), text);
                case BYTE_STRING -> bytes(text);
                default -> null;
            };
        }
        if (value instanceof Bytes bytes) {
            return field.getJavaType() == JavaType.BYTE_STRING ? ByteString.copyFrom(bytes.toArray()) : null;
        }
        if (value instanceof Boolean) {
            return field.getJavaType() == JavaType.BOOLEAN ? value : null;
        }
        return value instanceof Number number ? number(field.getJavaType(), number) : null;
    }

    private static @Nullable Object number(JavaType type, Number number) {
        boolean whole = number instanceof Long;
        return switch (type) {
            case INT -> whole && number.intValue() == number.longValue() ? (Object) number.intValue() : null;
            case LONG -> whole ? number : null;
            case FLOAT -> number.floatValue();
            case DOUBLE -> number.doubleValue();
            default -> null;
        };
    }

    private static @Nullable Message message(Message.Builder message, Object value) {
        if (message instanceof Value.Builder) {
            return StructValues.value(PlainValues.of(value));
        }
        if (message instanceof Struct.Builder) {
            return PlainValues.of(value) instanceof Map<?, ?> plain ? StructValues.struct(plain) : null;
        }
        if (message instanceof ListValue.Builder) {
            return value instanceof List<?>
                    ? StructValues.value(PlainValues.of(value)).getListValue()
                    : null;
        }
        try {
            if (message instanceof Timestamp.Builder) {
                return Timestamps.parse(value.toString());
            }
            if (message instanceof Duration.Builder) {
                return Durations.parse(value.toString());
            }
        } catch (ParseException e) {
            return null;
        }
        return value instanceof Map<?, ?> fields ? fill(message, fields).build() : null;
    }

    private static @Nullable Object constant(EnumDescriptor type, String name) {
        return type.findValueByName(name);
    }

    private static @Nullable ByteString bytes(String base64) {
        try {
            return ByteString.copyFrom(
                    Base64.getDecoder().decode(base64.replace('-', '+').replace('_', '/')));
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
