package io.github.sessionferry.core.rollout;

import io.github.sessionferry.core.codec.Json;
import java.io.IOException;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a file says about a plan.
 *
 * @param plan the plan
 * @param force whether it is to be taken though some user moves more than one step
 */
record PlanDocument(RolloutPlan plan, boolean force) {

    private static final String STAGE = "stage";
    private static final String BASE = "base";
    private static final String ROLLOUT = "rollout";
    private static final String PERCENTAGE = "percentage";
    private static final String ALLOWED = "allowedUserIds";
    private static final String DENIED = "deniedUserIds";
    private static final String SALT = "salt";
    private static final String ENABLED = "enabled";
    private static final String FORCE = "force";

    private static final List<String> FIELDS =
            List.of(STAGE, BASE, ROLLOUT, PERCENTAGE, ALLOWED, DENIED, SALT, ENABLED, FORCE);
    private static final int LONGEST_SHOWN = 40;

    /** The forms that a file may have. */
    enum Form {
        JSON,
        PROPERTIES;

        private String ending() {
            return "." + name().toLowerCase(Locale.ROOT);
        }

        private Map<String, @Nullable Object> fields(String text) {
            return this == JSON ? json(text) : properties(text);
        }

        /** @throws IllegalArgumentException if the name has another ending */
        static Form ofFileName(String name) {
            return Arrays.stream(values())
                    .filter(form -> name.endsWith(form.ending()))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException(
                            "the name must end with .json or .properties, which tells how to read the file"));
        }
    }

    /**
     * Reads a document.
     *
     * @throws IllegalArgumentException if it is anything but a plan; the message tells no user ids
     */
    static PlanDocument read(byte[] content, Form form) {
        Map<String, @Nullable Object> fields = form.fields(text(content));
        Set<String> unknown = new TreeSet<>(fields.keySet());
        unknown.removeAll(FIELDS);
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException("unknown field "
                    + shown(unknown.iterator().next()) + "; the fields are " + String.join(", ", FIELDS));
        }
        return new PlanDocument(plan(fields), flag(fields, FORCE, false));
    }

    private static String text(byte[] content) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(content))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("it is not encoded in UTF-8", e);
        }
    }

    private static Map<String, @Nullable Object> json(String text) {
        if (Json.read(text) instanceof Map<?, ?> object) {
            Map<String, @Nullable Object> fields = new LinkedHashMap<>();
            object.forEach((name, value) -> fields.put((String) name, value));
            return fields;
        }
        throw new IllegalArgumentException("it holds no JSON object");
    }

    private static Map<String, @Nullable Object> properties(String text) {
        if (!text.isEmpty() && !text.endsWith("\n")) {
            throw new IllegalArgumentException("its last line has no end; it may be half written");
        }
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        Properties properties = new Properties() {
            @Override
            public synchronized @Nullable Object put(Object name, Object value) {
                if (fields.put((String) name, ((String) value).strip()) != null) {
                    throw new IllegalArgumentException(shown((String) name) + " is given twice");
                }
                return null;
            }
        };
        try {
            properties.load(new StringReader(text));
        } catch (IOException e) {
            throw new AssertionError("a string in memory can be read", e);
        }
        return fields;
    }

    private static RolloutPlan plan(Map<String, @Nullable Object> fields) {
        RolloutPolicy policy = policy(fields);
        if (!policy.enabled()) {
            checkStages(fields);
            return RolloutPlan.everybodyIn(Stage.SOURCE_ONLY);
        }
        if (fields.containsKey(STAGE) == (fields.containsKey(BASE) || fields.containsKey(ROLLOUT))) {
            throw new IllegalArgumentException("give either stage, or base and rollout");
        }
        return fields.containsKey(STAGE)
                ? RolloutPlan.upTo(stage(fields, STAGE), policy)
                : RolloutPlan.of(stage(fields, BASE), stage(fields, ROLLOUT), policy);
    }

    private static void checkStages(Map<String, @Nullable Object> fields) {
        for (String field : List.of(STAGE, BASE, ROLLOUT)) {
            if (fields.containsKey(field)) {
                Stage unused = stage(fields, field);
            }
        }
    }

    private static Stage stage(Map<String, @Nullable Object> fields, String field) {
        return read(field, () -> Stage.parse(text(fields, field)));
    }

    private static RolloutPolicy policy(Map<String, @Nullable Object> fields) {
        RolloutPolicy.Builder policy = read(SALT, () -> RolloutPolicy.builder(salt(fields)));
        read(ALLOWED, () -> policy.allowedUserIds(userIds(fields, ALLOWED)));
        read(DENIED, () -> policy.deniedUserIds(userIds(fields, DENIED)));
        read(PERCENTAGE, () -> percentage(policy, fields));
        return policy.enabled(flag(fields, ENABLED, true)).build();
    }

    private static RolloutPolicy.Builder percentage(
            RolloutPolicy.Builder policy, Map<String, @Nullable Object> fields) {
        Object percentage = fields.getOrDefault(PERCENTAGE, 0L);
        if (percentage instanceof Long || percentage instanceof Double) {
            return policy.percentage(((Number) percentage).doubleValue());
        }
        if (percentage instanceof String text) {
            return policy.percentage(text);
        }
        throw new IllegalArgumentException("it must be a number");
    }

    private static List<String> userIds(Map<String, @Nullable Object> fields, String field) {
        Object value = fields.getOrDefault(field, List.of());
        if (value instanceof String text) {
            return text.isEmpty()
                    ? List.of()
                    : Arrays.stream(text.split(",", -1)).map(String::strip).toList();
        }
        if (value instanceof List<?> list && list.stream().allMatch(String.class::isInstance)) {
            return list.stream().map(String.class::cast).toList();
        }
        throw new IllegalArgumentException("it must be a list of texts");
    }

    private static boolean flag(Map<String, @Nullable Object> fields, String field, boolean otherwise) {
        return switch (String.valueOf(fields.getOrDefault(field, otherwise))) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException(field + ": it must be true or false");
        };
    }

    private static String salt(Map<String, @Nullable Object> fields) {
        return fields.containsKey(SALT) ? text(fields, SALT) : RolloutPolicy.DEFAULT_SALT;
    }

    private static String text(Map<String, @Nullable Object> fields, String field) {
        if (fields.get(field) instanceof String text) {
            return text;
        }
        throw new IllegalArgumentException(fields.containsKey(field) ? "it must be a text" : "it is missing");
    }

    private static <T> T read(String field, Supplier<T> reading) {
        try {
            return reading.get();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(field + ": " + e.getMessage(), e);
        }
    }

    private static String shown(String name) {
        boolean harmless = name.length() <= LONGEST_SHOWN && name.chars().allMatch(c -> c > ' ' && c <= '~');
        return harmless ? '"' + name + '"' : "with a name of " + name.length() + " characters";
    }
}
