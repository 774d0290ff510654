package io.github.sessionferry.core.codec;

import io.github.sessionferry.core.Bytes;
import io.github.sessionferry.core.TaggedValue;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/** State values as somebody who means harm, or merely a busy application, would write them. */
final class HostileValues {

    private HostileValues() {}

    static Arbitrary<Object> any() {
        return upTo(3).withoutEdgeCases();
    }

    static Arbitrary<Map<String, Object>> maps() {
        return maps(upTo(2)).withoutEdgeCases();
    }

    private static Arbitrary<Object> upTo(int levels) {
        if (levels == 0) {
            return scalars();
        }
        Arbitrary<Object> inner = upTo(levels - 1);
        return Arbitraries.oneOf(
                scalars(),
                inner.injectNull(0.05).list().ofMaxSize(2).map(list -> list),
                maps(inner).map(map -> map),
                Combinators.combine(Arbitraries.of("geopoint", "custom", "\ud800", "$type"), inner)
                        .as(TaggedValue::new));
    }

    private static Arbitrary<Map<String, Object>> maps(Arbitrary<Object> values) {
        return Arbitraries.maps(keys(), values).ofMaxSize(2).map(LinkedHashMap::new);
    }

    static Arbitrary<String> strings() {
        return Arbitraries.oneOf(
                Arbitraries.strings().ofMaxLength(12),
                Arbitraries.strings()
                        .withChars('\ud800', '\udc00', 'a', '\u0000', '"', '\\')
                        .ofMaxLength(5),
                Arbitraries.of("", "1", "true", "null", "$type", "😀", "e\u0301", "\u00e9", "\ufeff"));
    }

    static Arbitrary<String> keys() {
        return Arbitraries.oneOf(
                strings(), Arbitraries.of("$type", "value", "keys", "values", "tag", "of", "__name__", "a.b", "app:x"));
    }

    static Arbitrary<Object> scalars() {
        return Arbitraries.<Object>oneOf(
                strings().map(text -> text),
                Arbitraries.longs().map(number -> number),
                Arbitraries.doubles().map(number -> number),
                Arbitraries.of(
                        1L,
                        1.0,
                        0.0,
                        -0.0,
                        0L,
                        Double.NaN,
                        Double.POSITIVE_INFINITY,
                        Double.NEGATIVE_INFINITY,
                        Long.MIN_VALUE,
                        Long.MAX_VALUE,
                        (1L << 53),
                        (1L << 53) + 1,
                        0x1p53,
                        1e300,
                        Double.MIN_VALUE,
                        Math.scalb(1.0, -44),
                        2e-3,
                        true,
                        false),
                Arbitraries.of(
                        Bytes.copyOf(new byte[] {0, -1, 127}),
                        Bytes.copyOf(new byte[0]),
                        Instant.EPOCH,
                        Instant.parse("2024-02-29T12:34:56.123456789Z"),
                        Instant.MAX,
                        Instant.MIN),
                Arbitraries.of(looksEncoded()));
    }

    static List<Object> looksEncoded() {
        return List.of(
                Map.of("$type", "int64", "value", "7"),
                Map.of("$type", "int64", "value", "seven"),
                Map.of("$type", "int64", "value", 7L),
                Map.of("$type", "utf16", "value", "AA=="),
                Map.of("$type", "bytes", "value", "not base64"),
                Map.of("$type", "timestamp", "value", "yesterday"),
                Map.of("$type", "double", "value", "much"),
                Map.of("$type", "json", "value", "{"),
                Map.of("$type", "map", "value", 5L),
                Map.of("$type", "map", "value", Map.of("keys", List.of("a"), "values", List.of())),
                Map.of("$type", "map", "value", Map.of("keys", List.of(1L), "values", List.of(1L))),
                Map.of("$type", "tagged", "value", Map.of("tag", "")),
                Map.of("$type", "tagged", "value", Map.of("of", 1L)),
                Map.of("$type", "unheard-of", "value", "x"),
                Map.of("$type", "list"),
                Map.of("$type", 3L, "value", 4L));
    }

    /** Lists and maps in turn, with a scalar that JSON lacks in the middle. */
    static Object nested(int levels, boolean hostileKeys) {
        Object value = Double.NaN;
        for (int level = 0; level < levels; level++) {
            List<Object> list = new ArrayList<>();
            list.add(value);
            value = level % 2 == 0 ? list : Map.of(hostileKeys ? "$type" : "k", value);
        }
        return value;
    }
}
