package io.github.sessionferry.migration;

import io.github.sessionferry.core.Bytes;
import io.github.sessionferry.core.TaggedValue;
import io.github.sessionferry.core.codec.Json;
import io.github.sessionferry.migration.Difference.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Walks through state values and notes where they differ. Not thread-safe. */
final class DifferenceFinder {

    private static final Pattern PLAIN_NAME = Pattern.compile("[A-Za-z0-9_:$-]{1,100}");
    private static final int LONGEST_NAME = 100;
    private static final int LONGEST_VALUE = 200;

    private final Duration tolerance;
    private final boolean showValues;
    private final List<Difference> found = new ArrayList<>();
    private Optional<String> eventId = Optional.empty();

    DifferenceFinder(Duration tolerance, boolean showValues) {
        this.tolerance = tolerance;
        this.showValues = showValues;
    }

    List<Difference> found() {
        return List.copyOf(found);
    }

    /** What is compared from now on is part of an event; of none if empty. */
    void enterEvent(Optional<String> id) {
        eventId = id;
    }

    void note(String path, Kind kind) {
        note(path, kind, null);
    }

    void note(String path, Kind kind, @Nullable String detail) {
        found.add(new Difference(path, kind, eventId, Optional.ofNullable(detail)));
    }

    void times(String path, Instant source, Instant target) {
        Duration apart = Duration.between(source, target);
        if (apart.abs().compareTo(tolerance) > 0) {
            note(
                    path,
                    Kind.DIFFERENT_TIME,
                    "%s s %s".formatted(seconds(apart), apart.isNegative() ? "earlier" : "later"));
        }
    }

    private static String seconds(Duration apart) {
        return "%d.%06d".formatted(apart.abs().toSeconds(), apart.abs().toNanosPart() / 1_000);
    }

    void maps(String path, Map<?, ?> source, Map<?, ?> target) {
        source.forEach((name, value) -> {
            String inner = path + step((String) name);
            if (target.containsKey(name)) {
                values(inner, value, target.get(name));
            } else {
                note(inner, Kind.MISSING, shown(value));
            }
        });
        target.forEach((name, value) -> {
            if (!source.containsKey(name)) {
                note(path + step((String) name), Kind.UNEXPECTED, shown(value));
            }
        });
    }

    void values(String path, @Nullable Object source, @Nullable Object target) {
        if (Objects.equals(source, target)) {
            return;
        }
        if (source instanceof Map<?, ?> map && target instanceof Map<?, ?> otherMap) {
            maps(path, map, otherMap);
        } else if (source instanceof List<?> list && target instanceof List<?> otherList) {
            lists(path, list, otherList);
        } else if (source instanceof TaggedValue tagged
                && target instanceof TaggedValue otherTagged
                && tagged.tag().equals(otherTagged.tag())) {
            values(path, tagged.value(), otherTagged.value());
        } else {
            leaves(path, source, target);
        }
    }

    private void lists(String path, List<?> source, List<?> target) {
        for (int i = 0; i < Math.max(source.size(), target.size()); i++) {
            String inner = path + "[" + i + "]";
            if (i >= target.size()) {
                note(inner, Kind.MISSING, shown(source.get(i)));
            } else if (i >= source.size()) {
                note(inner, Kind.UNEXPECTED, shown(target.get(i)));
            } else {
                values(inner, source.get(i), target.get(i));
            }
        }
    }

    private void leaves(String path, @Nullable Object source, @Nullable Object target) {
        String values = showValues ? shown(source) + " became " + shown(target) : null;
        if (typeOf(source).equals(typeOf(target))) {
            note(path, Kind.DIFFERENT_VALUE, values);
        } else {
            String types = typeOf(source) + " became " + typeOf(target);
            note(path, Kind.DIFFERENT_TYPE, values == null ? types : types + ": " + values);
        }
    }

    private @Nullable String shown(@Nullable Object value) {
        return showValues ? shortened(Json.write(value), LONGEST_VALUE) : null;
    }

    private static String typeOf(@Nullable Object value) {
        if (value == null) {
            return "null";
        }
        if (value instanceof Boolean) {
            return "boolean";
        }
        if (value instanceof Long) {
            return "integer";
        }
        if (value instanceof Double) {
            return "double";
        }
        if (value instanceof String) {
            return "string";
        }
        if (value instanceof Bytes) {
            return "bytes";
        }
        if (value instanceof Instant) {
            return "time";
        }
        if (value instanceof List<?>) {
            return "list";
        }
        return value instanceof TaggedValue ? "tagged value" : "map";
    }

    /** A name in a path: after a dot if it is plain, else quoted. */
    static String step(String name) {
        return PLAIN_NAME.matcher(name).matches() ? "." + name : "[" + Json.write(shortened(name, LONGEST_NAME)) + "]";
    }

    private static String shortened(String text, int longest) {
        return text.codePointCount(0, text.length()) <= longest
                ? text
                : text.substring(0, text.offsetByCodePoints(0, longest)) + "…";
    }
}
