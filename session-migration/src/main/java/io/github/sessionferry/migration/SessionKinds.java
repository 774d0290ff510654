package io.github.sessionferry.migration;

import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.codec.DocumentReader;
import io.github.sessionferry.core.codec.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The kinds that a file lists: a session is of the first one of whose keys its state has any. Immutable. */
final class SessionKinds implements SessionClassifier {

    private static final String OTHER = "other";

    private final List<Kind> kinds;
    private final String other;

    private SessionKinds(List<Kind> kinds, String other) {
        this.kinds = kinds;
        this.other = other;
    }

    private record Kind(String name, Pattern keys) {}

    static SessionKinds read(Path file) {
        try {
            return parse(Files.readString(file, StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "the file of kinds " + file + " cannot be read ("
                            + e.getClass().getSimpleName() + ")",
                    e);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("the file of kinds " + file + ": " + e.getMessage(), e);
        }
    }

    private static SessionKinds parse(String json) {
        DocumentReader file = new DocumentReader("file", object("the file", Json.read(json)));
        List<@Nullable Object> listed = file.require(file.list("kinds"), "kinds");
        String other = file.text(OTHER);
        requireNothingElse(file, "the file", "kinds", OTHER);
        List<Kind> kinds = new ArrayList<>();
        for (int i = 0; i < listed.size(); i++) {
            kinds.add(kind("kinds[" + i + "]", listed.get(i)));
        }
        return new SessionKinds(List.copyOf(kinds), other == null ? OTHER : other);
    }

    private static Kind kind(String place, @Nullable Object value) {
        DocumentReader kind = new DocumentReader(place, object(place, value));
        String name = kind.require(kind.text("name"), "name");
        List<@Nullable Object> keys = kind.require(kind.list("keys"), "keys");
        requireNothingElse(kind, place, "name", "keys");
        if (keys.isEmpty() || !keys.stream().allMatch(String.class::isInstance)) {
            throw new IllegalArgumentException(place + ".keys must hold at least one string, and nothing else");
        }
        return new Kind(name, pattern(keys));
    }

    private static Pattern pattern(List<@Nullable Object> keys) {
        return Pattern.compile(
                keys.stream()
                        .map(key -> Arrays.stream(String.valueOf(key).split("\\*", -1))
                                .map(Pattern::quote)
                                .collect(Collectors.joining(".*")))
                        .collect(Collectors.joining("|")),
                Pattern.DOTALL);
    }

    @SuppressWarnings("unchecked") // state values have no maps with other keys
    private static Map<String, @Nullable Object> object(String place, @Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            return (Map<String, @Nullable Object>) map;
        }
        throw new IllegalArgumentException(place + " is no JSON object");
    }

    private static void requireNothingElse(DocumentReader reader, String place, String... known) {
        Set<String> unknown = new TreeSet<>(reader.rest().keySet());
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException(place + " has the unknown field '"
                    + unknown.iterator().next() + "'; known are " + String.join(", ", known));
        }
    }

    @Override
    public String kindOf(Session session) {
        return kinds.stream()
                .filter(kind -> session.state().keySet().stream()
                        .anyMatch(key -> kind.keys().matcher(key).matches()))
                .map(Kind::name)
                .findFirst()
                .orElse(other);
    }

    @Override
    public String toString() {
        return "SessionKinds" + kinds.stream().map(Kind::name).toList();
    }
}
