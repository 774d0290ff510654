package io.github.sessionferry.vertex;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Duration;
import com.google.protobuf.ListValue;
import com.google.protobuf.MapEntry;
import com.google.protobuf.Message;
import com.google.protobuf.Struct;
import com.google.protobuf.Timestamp;
import com.google.protobuf.Value;
import com.google.protobuf.util.Durations;
import com.google.protobuf.util.Timestamps;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Protobuf messages as the maps that ADK's JSON would have: snake_case names, bytes as base64, only what is set. */
final class MessageReader {

    private MessageReader() {}

    static Map<String, @Nullable Object> map(Message message) {
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        message.getAllFields().forEach((field, value) -> values.put(field.getName(), fieldValue(field, value)));
        return values;
    }

    private static @Nullable Object fieldValue(FieldDescriptor field, Object value) {
        if (field.isMapField()) {
            Map<String, @Nullable Object> entries = new LinkedHashMap<>();
            ((List<?>) value).forEach(entry -> putEntry(entries, (Message) entry));
            return entries;
        }
        if (field.isRepeated()) {
            List<@Nullable Object> elements = new ArrayList<>();
            ((List<?>) value).forEach(element -> elements.add(single(element)));
            return elements;
        }
        return single(value);
    }

    private static void putEntry(Map<String, @Nullable Object> entries, Message entry) {
        if (entry instanceof MapEntry<?, ?> typed) {
            entries.put(String.valueOf(typed.getKey()), single(typed.getValue()));
        }
    }

    private static @Nullable Object single(Object value) {
        if (value instanceof Struct struct) {
            return StructValues.map(struct);
        }
        if (value instanceof Value any) {
            return StructValues.object(any);
        }
        if (value instanceof ListValue list) {
            return StructValues.list(list);
        }
        if (value instanceof Timestamp time) {
            return Timestamps.toString(time);
        }
        if (value instanceof Duration duration) {
            return Durations.toString(duration);
        }
        if (value instanceof Message message) {
            return map(message);
        }
        if (value instanceof EnumValueDescriptor constant) {
            return constant.getName();
        }
        if (value instanceof ByteString bytes) {
            return Base64.getEncoder().encodeToString(bytes.toByteArray());
        }
        if (value instanceof Float number) {
            return Double.valueOf(number.toString());
        }
        return value instanceof Integer number ? (Object) number.longValue() : value;
    }
}
