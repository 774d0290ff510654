package io.github.sessionferry.testkit.generators;

import io.github.sessionferry.core.Bytes;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.TaggedValue;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Values, keys and ids that stores are known to get wrong.
 *
 * <p>Thread-safe: static and immutable.
 *
 * @since 0.1
 */
public final class SessionSamples {

    /** Ids that break naive paths, file names, resource names and queries, by what is hostile about them. */
    public static final Map<String, String> HOSTILE_IDS = hostileIds();

    /** Ids that must not be taken for one another. */
    public static final List<String> ALIKE_IDS = List.of(
            "a/b",
            "a%2Fb",
            "a%252Fb",
            "a_b",
            "a__b",
            "a-b",
            "a--b",
            "a.b",
            "a:b",
            "a b",
            "a+b",
            "a\\b",
            "A/B",
            "ab",
            "Ab",
            "aB",
            "ab ",
            " ab",
            "ab\0",
            "ab\n",
            "1",
            "01",
            "1.0",
            "caf\u00e9",
            "cafe\u0301",
            "stra\u00dfe",
            "strasse",
            "\u0131",
            "i",
            "6f1c2a5e-8f4b-4f0a-9a3e-2b7c1d0e9f84",
            "6F1C2A5E-8F4B-4F0A-9A3E-2B7C1D0E9F84",
            "6f1c2a5e8f4b4f0a9a3e2b7c1d0e9f84");

    /** Keys of a map, also of a session's state, that stores reserve or cannot hold, by what is hostile about them. */
    public static final Map<String, String> KEYS_OF_MAPS = keysOfMaps();

    private SessionSamples() {}

    /**
     * A value of every kind, the extremes included.
     *
     * @return state values by what they are; unmodifiable
     */
    public static Map<String, @Nullable Object> values() {
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        values.put("null", null);
        values.put("true", true);
        values.put("false", false);
        values.put("long zero", 0L);
        values.put("long one", 1L);
        values.put("double one", 1.0);
        values.put("double zero", 0.0);
        values.put("double negative zero", -0.0);
        values.put("double fraction", 0.1);
        values.put("double tiny", Double.MIN_VALUE);
        values.put("double huge", Double.MAX_VALUE);
        values.put("double not a number", Double.NaN);
        values.put("double infinity", Double.POSITIVE_INFINITY);
        values.put("double negative infinity", Double.NEGATIVE_INFINITY);
        values.put("long past 2^53", 9_007_199_254_740_993L);
        values.put("long below -2^53", -9_007_199_254_740_993L);
        values.put("long greatest", Long.MAX_VALUE);
        values.put("long least", Long.MIN_VALUE);
        values.put("double of 2^53", 9_007_199_254_740_992.0);
        values.put("empty string", "");
        values.put("string with quotes and controls", "\"\\/\b\f\n\r\t\0\u007f\u2028");
        values.put("string of many scripts", "Z\u00fcrich \u6771\u4eac \u05e9\u05dc\u05d5\u05dd \ud83d\ude80");
        values.put("string with a lone surrogate", "x\ud83dy");
        values.put("string that looks like a time", "2026-01-05T10:00:00Z");
        values.put("string that looks like a number", "1.0");
        values.put("long string", "0123456789".repeat(2_000));
        values.put("no bytes", Bytes.copyOf(new byte[0]));
        values.put("bytes", Bytes.copyOf(new byte[] {0, -1, 127, -128, 10}));
        values.put("time to the nanosecond", Instant.parse("2026-01-05T10:00:00.123456789Z"));
        values.put("time before 1970", Instant.parse("1903-12-31T23:59:59.000001Z"));
        values.put("time of year one", Instant.parse("0001-01-01T00:00:00Z"));
        values.put("time far ahead", Instant.parse("9999-12-31T23:59:59.999999999Z"));
        values.put("time out of a store's range", Instant.MAX);
        values.put("tagged value", new TaggedValue("geopoint", Map.of("latitude", 47.5, "longitude", 8.5)));
        values.put("tagged null", new TaggedValue("nothing", null));
        values.put("decimal number", new TaggedValue("number", "3.14159265358979323846264338327950288"));
        values.put("empty list", List.of());
        values.put("empty map", Map.of());
        values.put("list of kinds", Arrays.asList(null, true, 1L, 1.0, "x", Map.of("k", 1L)));
        values.put("lists in lists", List.of(List.of(List.of(1L), List.of()), List.of()));
        values.put("maps in lists in maps", Map.of("a", List.of(Map.of("b", List.of(Map.of("c", 1.0))))));
        values.put("map with null", mapWithNull());
        values.put("map with hostile keys", mapWithHostileKeys());
        values.put("map that looks encoded", Map.of("$type", "int64", "$value", "1"));
        values.put("map that looks encoded wrongly", Map.of("$type", "int64", "$value", "no number"));
        values.put("map that looks like a tagged value", Map.of("tag", "geopoint", "value", 1L));
        values.put("nested 25 levels", nested(25));
        return Collections.unmodifiableMap(values);
    }

    /**
     * Keys of sessions that a careless encoding takes for one another.
     *
     * @param appName the application that the keys are of, or whose name theirs begin with
     * @return groups of different keys, by what is alike about them
     */
    public static Map<String, List<SessionKey>> alikeKeys(String appName) {
        Map<String, List<SessionKey>> groups = new LinkedHashMap<>();
        for (String separator : List.of("/", ":", "|", "_", "-", ".", "%2F", "\0", " ", "::", "__")) {
            groups.put(
                    "separator " + separator.replace("\0", "NUL"),
                    List.of(
                            new SessionKey(appName + separator + "a", "b", "c"),
                            new SessionKey(appName, "a" + separator + "b", "c"),
                            new SessionKey(appName, "a", "b" + separator + "c"),
                            new SessionKey(appName, "", "a" + separator + "b" + separator + "c")));
        }
        groups.put(
                "session ids",
                ALIKE_IDS.stream()
                        .map(id -> new SessionKey(appName, "user", id))
                        .toList());
        groups.put(
                "user ids",
                ALIKE_IDS.stream()
                        .map(id -> new SessionKey(appName, id, "session"))
                        .toList());
        groups.put(
                "application names",
                ALIKE_IDS.stream()
                        .map(id -> new SessionKey(appName + id, "user", "session"))
                        .toList());
        return Collections.unmodifiableMap(groups);
    }

    private static Map<String, String> hostileIds() {
        Map<String, String> ids = new LinkedHashMap<>();
        ids.put("slash", "a/b");
        ids.put("slash first", "/a");
        ids.put("slash last", "a/");
        ids.put("dot", ".");
        ids.put("dot dot", "..");
        ids.put("path upwards", "../../etc/passwd");
        ids.put("backslash", "..\\a");
        ids.put("colon", "a:b");
        ids.put("at", "user@example.org");
        ids.put("percent", "100%");
        ids.put("percent-encoded", "a%2Fb%00");
        ids.put("quotes", "\"a' OR ''='`");
        ids.put("glob", "a*?[b]{c}");
        ids.put("query", "a?b=c&d#e");
        ids.put("dollar", "${a}$(b)");
        ids.put("newline", "a\nb\r\n");
        ids.put("tab", "a\tb");
        ids.put("NUL", "a\0b");
        ids.put("escape", "\u001b[31mred");
        ids.put("space", " ");
        ids.put("spaces around", " a b ");
        ids.put("upper case", "ABCDEF");
        ids.put("emoji", "\ud83d\ude80");
        ids.put("lone surrogate", "a\ud83d");
        ids.put("right to left", "\u202eabc");
        ids.put("composed", "caf\u00e9");
        ids.put("decomposed", "cafe\u0301");
        ids.put("reserved", "__a__");
        ids.put("underscores", "__");
        ids.put("minus first", "-rf");
        ids.put("number", "0042");
        ids.put("null word", "null");
        ids.put("uuid", "6f1c2a5e-8f4b-4f0a-9a3e-2b7c1d0e9f84");
        ids.put("70 characters", "x".repeat(70));
        ids.put("300 characters", "y".repeat(300));
        ids.put("10 kB", "z".repeat(10_000));
        return Collections.unmodifiableMap(ids);
    }

    private static Map<String, String> keysOfMaps() {
        Map<String, String> keys = new LinkedHashMap<>();
        keys.put("empty", "");
        keys.put("$type", "$type");
        keys.put("$value", "$value");
        keys.put("dotted", "a.b");
        keys.put("dots only", "..");
        keys.put("reserved", "__x__");
        keys.put("backquote", "a`b");
        keys.put("slash", "a/b");
        keys.put("brackets", "a[0]*~");
        keys.put("space", " a b ");
        keys.put("newline", "a\nb");
        keys.put("NUL", "a\0b");
        keys.put("emoji", "\ud83d\ude80");
        keys.put("lone surrogate", "a\ud83d");
        keys.put("upper case of a scope", "USER:a");
        keys.put("scope inside", "my user:a");
        keys.put("field of a session", "updateTime");
        keys.put("300 characters", "k".repeat(300));
        return Collections.unmodifiableMap(keys);
    }

    private static Map<String, @Nullable Object> mapWithNull() {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("nothing", null);
        return map;
    }

    private static Map<String, Object> mapWithHostileKeys() {
        return KEYS_OF_MAPS.values().stream()
                .collect(Collectors.toMap(key -> key, key -> "at " + key.length(), (a, b) -> a, LinkedHashMap::new));
    }

    private static Object nested(int levels) {
        Object value = 1L;
        for (int i = 0; i < levels; i++) {
            value = i % 2 == 0 ? List.of(value) : Map.of("k", value);
        }
        return value;
    }
}
