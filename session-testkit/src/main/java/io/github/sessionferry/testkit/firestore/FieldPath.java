package io.github.sessionferry.testkit.firestore;

import com.google.firestore.v1.MapValue;
import com.google.firestore.v1.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The way to a field through nested maps, as field masks, filters and orders write it. Immutable. */
record FieldPath(List<String> names) implements Comparable<FieldPath> {
    private static final String PLAIN = "[a-zA-Z_][a-zA-Z_0-9]*";
    private static final String QUOTED = "`(?:[^`\\\\]|(?:\\\\.))+`";
    private static final Pattern SEGMENT = Pattern.compile(PLAIN + "|" + QUOTED, Pattern.DOTALL);
    private static final Pattern ESCAPE = Pattern.compile("\\\\(.)", Pattern.DOTALL);

    static final FieldPath NAME = new FieldPath(List.of("__name__"));

    FieldPath {
        names = List.copyOf(names);
    }

    static FieldPath parse(String text) {
        List<String> names = new ArrayList<>();
        Matcher matcher = SEGMENT.matcher(text);
        int start = 0;
        while (matcher.region(start, text.length()).lookingAt()) {
            names.add(unquoted(matcher.group()));
            start = matcher.end() + 1;
            if (matcher.end() == text.length()) {
                return new FieldPath(names);
            }
            if (text.charAt(matcher.end()) != '.') {
                break;
            }
        }
        throw Failures.invalid("Invalid property path \"" + text + "\". Unquoted property paths must match regex ("
                + PLAIN + "), and quoted property paths must match regex (`(?:[^`\\\\]|(?:\\\\.))+`)");
    }

    private static String unquoted(String segment) {
        return segment.startsWith("`")
                ? ESCAPE.matcher(segment.substring(1, segment.length() - 1)).replaceAll("$1")
                : segment;
    }

    boolean isName() {
        return equals(NAME);
    }

    @Nullable
    Value find(Map<String, Value> fields) {
        Map<String, Value> level = fields;
        for (String name : names.subList(0, names.size() - 1)) {
            Value value = level.get(name);
            if (value == null || !value.hasMapValue()) {
                return null;
            }
            level = value.getMapValue().getFieldsMap();
        }
        return level.get(names.get(names.size() - 1));
    }

    /** The fields with this one set; what is in the way and no map gives way to one. */
    Map<String, Value> set(Map<String, Value> fields, Value value) {
        return change(fields, names, value);
    }

    /** The fields without this one; maps that become empty stay. */
    Map<String, Value> delete(Map<String, Value> fields) {
        return change(fields, names, null);
    }

    private static Map<String, Value> change(Map<String, Value> fields, List<String> names, @Nullable Value value) {
        String name = names.get(0);
        if (names.size() > 1) {
            Value below = fields.get(name);
            Map<String, Value> nested =
                    below != null && below.hasMapValue() ? below.getMapValue().getFieldsMap() : null;
            if (value == null && nested == null) {
                return fields;
            }
            Map<String, Value> changed =
                    change(nested == null ? Map.of() : nested, names.subList(1, names.size()), value);
            return with(fields, name, mapValue(changed));
        }
        return with(fields, name, value);
    }

    private static Map<String, Value> with(Map<String, Value> fields, String name, @Nullable Value value) {
        Map<String, Value> changed = new LinkedHashMap<>(fields);
        if (value == null) {
            changed.remove(name);
        } else {
            changed.put(name, value);
        }
        return changed;
    }

    private static Value mapValue(Map<String, Value> fields) {
        return Value.newBuilder()
                .setMapValue(MapValue.newBuilder().putAllFields(fields))
                .build();
    }

    @Override
    public int compareTo(FieldPath other) {
        return Utf8Order.compare(names, other.names);
    }
}
