package io.github.sessionferry.migration;

import io.github.sessionferry.core.codec.Json;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A line of a journal that was read. What is not as it must be throws an {@link IllegalArgumentException}. Immutable. */
final class JournalLine {

    private final Map<?, ? extends @Nullable Object> fields;

    private JournalLine(Map<?, ? extends @Nullable Object> fields) {
        this.fields = fields;
    }

    static JournalLine parse(String text) {
        if (Json.read(text) instanceof Map<?, ?> fields) {
            return new JournalLine(fields);
        }
        throw new IllegalArgumentException("no JSON object");
    }

    boolean has(String name) {
        return fields.get(name) != null;
    }

    String text(String name) {
        return required(name, String.class);
    }

    Optional<String> findText(String name) {
        return find(name, String.class);
    }

    long number(String name) {
        return required(name, Long.class);
    }

    int smallNumber(String name) {
        return Math.toIntExact(number(name));
    }

    boolean flag(String name) {
        return required(name, Boolean.class);
    }

    List<String> texts(String name) {
        List<?> values = required(name, List.class);
        return values.stream().map(String.class::cast).toList();
    }

    List<JournalLine> objects(String name) {
        List<?> values = required(name, List.class);
        return values.stream().map(value -> new JournalLine((Map<?, ?>) value)).toList();
    }

    Instant time(String name) {
        try {
            return Instant.parse(text(name));
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(name + " is no time", e);
        }
    }

    <E extends Enum<E>> E constant(String name, Class<E> type) {
        return Enum.valueOf(type, text(name).toUpperCase(Locale.ROOT));
    }

    Optional<JournalLine> find(String name) {
        return find(name, Map.class).map(map -> new JournalLine((Map<?, ?>) map));
    }

    /** All fields, each a number. */
    Map<String, Integer> smallNumbers() {
        Map<String, Integer> numbers = new TreeMap<>();
        fields.keySet().forEach(name -> numbers.put((String) name, smallNumber((String) name)));
        return numbers;
    }

    @Nullable
    Object value(String name) {
        return fields.get(name);
    }

    private <T> Optional<T> find(String name, Class<T> type) {
        Object value = fields.get(name);
        if (value == null) {
            return Optional.empty();
        }
        if (!type.isInstance(value)) {
            throw new IllegalArgumentException(name + " is no " + type.getSimpleName());
        }
        return Optional.of(type.cast(value));
    }

    private <T> T required(String name, Class<T> type) {
        return find(name, type).orElseThrow(() -> new IllegalArgumentException(name + " is missing"));
    }
}
