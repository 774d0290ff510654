package io.github.sessionferry.core.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.sessionferry.core.Bytes;
import io.github.sessionferry.core.StateValues;
import io.github.sessionferry.core.TaggedValue;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class ValueEncodingTest {

    /** An encoding, and what its store holds, said in other words than the encoding's own. */
    @SuppressWarnings("ImmutableEnumChecker") // encodings and predicates without state
    enum Store {
        JSON(ValueEncoding.json(), Json.MAX_DEPTH, true, key -> true) {
            @Override
            boolean holdsScalar(Object value) {
                return value instanceof Long || (value instanceof Double number && Double.isFinite(number));
            }
        },
        STRUCT(ValueEncoding.struct(), 20, true, key -> true) {
            @Override
            boolean holdsScalar(Object value) {
                return value instanceof Long whole
                        ? (long) (double) whole == whole && Math.abs((double) whole) <= 0x1p53
                        : value instanceof Double number && Double.isFinite(number) && number % 1 != 0;
            }
        },
        DOCUMENTS(
                ValueEncoding.builder()
                        .nativeBytes()
                        .nativeInstant(time -> time.equals(StateValues.toMicros(time)))
                        .noNestedLists()
                        .nativeKey(key -> !key.isEmpty() && !key.startsWith("__"))
                        .nativeTagged(value -> value.tag().equals("geopoint"))
                        .maxDepth(19)
                        .build(),
                19,
                false,
                key -> !key.isEmpty() && !key.startsWith("__")) {
            @Override
            boolean holdsScalar(Object value) {
                return value instanceof Long
                        || value instanceof Double
                        || value instanceof Bytes
                        || (value instanceof Instant time && time.equals(time.truncatedTo(ChronoUnit.MICROS)))
                        || (value instanceof TaggedValue tagged && tagged.tag().equals("geopoint"));
            }
        },
        FLAT(ValueEncoding.builder().maxDepth(1).build(), 1, true, key -> true) {
            @Override
            boolean holdsScalar(Object value) {
                return value instanceof Long || value instanceof Double;
            }
        };

        final ValueEncoding encoding;
        private final int maxDepth;
        private final boolean nestedLists;
        private final Predicate<String> key;

        Store(ValueEncoding encoding, int maxDepth, boolean nestedLists, Predicate<String> key) {
            this.encoding = encoding;
            this.maxDepth = maxDepth;
            this.nestedLists = nestedLists;
            this.key = key;
        }

        abstract boolean holdsScalar(Object value);

        boolean holds(@Nullable Object value) {
            return holds(value, 1, false);
        }

        private boolean holds(@Nullable Object value, int depth, boolean inList) {
            if (value == null || value instanceof Boolean) {
                return true;
            }
            if (value instanceof String text) {
                return isWellFormed(text);
            }
            if (value instanceof List<?> list) {
                return depth <= maxDepth
                        && (nestedLists || !inList)
                        && list.stream().allMatch(inner -> holds(inner, depth + 1, true));
            }
            if (value instanceof Map<?, ?> map) {
                return depth <= maxDepth
                        && map.keySet().stream()
                                .allMatch(name -> isWellFormed((String) name) && key.test((String) name))
                        && map.values().stream().allMatch(inner -> holds(inner, depth + 1, false));
            }
            return holdsScalar(value);
        }

        private static boolean isWellFormed(String text) {
            return text.codePoints().noneMatch(point -> point >= 0xd800 && point <= 0xdfff);
        }
    }

    @Property(tries = 2000, edgeCases = EdgeCasesMode.NONE)
    void decode_ofEncoded_isEqual(@ForAll Store store, @ForAll("values") Object value) {
        Object encoded = store.encoding.encode(value, new Encodings());

        assertThat(store.encoding.decode(encoded)).isEqualTo(value);
    }

    @Property(tries = 2000, edgeCases = EdgeCasesMode.NONE)
    void encode_ofAnyValue_usesOnlyWhatTheStoreHolds(@ForAll Store store, @ForAll("values") Object value) {
        Object encoded = store.encoding.encode(value, new Encodings());

        assertThat(store.holds(encoded)).as("%s", encoded).isTrue();
    }

    @Property(tries = 2000, edgeCases = EdgeCasesMode.NONE)
    void encode_ofWhatTheStoreHolds_changesNothing(@ForAll Store store, @ForAll("values") Object value) {
        Encodings encodings = new Encodings();
        boolean plain = store.holds(value) && !mentionsType(value);

        Object encoded = store.encoding.encode(value, encodings);

        assertThat(encodings.counts().isEmpty()).isEqualTo(plain);
        if (plain) {
            assertThat(encoded).isEqualTo(value);
        }
    }

    @Property(tries = 1000, edgeCases = EdgeCasesMode.NONE)
    void decodeEntries_ofEncodedEntries_areEqual(
            @ForAll Store store, @ForAll("maps") Map<String, @Nullable Object> state) {
        Map<String, @Nullable Object> encoded = store.encoding.encodeEntries(state, new Encodings());

        assertThat(store.encoding.decodeEntries(encoded)).isEqualTo(state);
        assertThat(encoded).allSatisfy((key, value) -> {
            assertThat(store.holds(value)).as("%s", value).isTrue();
            assertThat(store.key.test(key) && Store.isWellFormed(key))
                    .as("%s", key)
                    .isTrue();
        });
    }

    @Provide
    Arbitrary<Object> values() {
        return HostileValues.any();
    }

    @Provide
    Arbitrary<Map<String, Object>> maps() {
        return HostileValues.maps();
    }

    @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
    void encode_ofDeepNesting_roundTripsWithinTheStoresDepth(
            @ForAll Store store, @ForAll("depths") int levels, @ForAll boolean hostileKeys) {
        Object value = HostileValues.nested(levels, hostileKeys);

        Object encoded = store.encoding.encode(value, new Encodings());

        assertThat(store.holds(encoded)).isTrue();
        assertThat(store.encoding.decode(encoded)).isEqualTo(value);
    }

    @Provide
    Arbitrary<Integer> depths() {
        return Arbitraries.integers().between(0, StateValues.MAX_DEPTH);
    }

    @ParameterizedTest
    @EnumSource(Store.class)
    void encode_ofTaggedValuesInEachOther_roundTrips(Store store) {
        Object value = "innermost";
        for (int level = 0; level < StateValues.MAX_DEPTH; level++) {
            value = new TaggedValue("layer", value);
        }

        Object encoded = store.encoding.encode(value, new Encodings());

        assertThat(store.holds(encoded)).isTrue();
        assertThat(store.encoding.decode(encoded)).isEqualTo(value);
    }

    static List<Object> malformed() {
        return HostileValues.looksEncoded().stream()
                .filter(value -> !value.equals(Map.of("$type", "int64", "value", "7")))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("malformed")
    void decode_ofAMapThatOnlyLooksEncoded_takesItAsItIs(Object foreign) {
        assertThat(ValueEncoding.json().decode(foreign)).isEqualTo(foreign);
    }

    @ParameterizedTest
    @MethodSource("malformed")
    void decodeEntries_ofAForeignTypeEntry_takesItAsItIs(Object foreign) {
        Map<String, Object> state = Map.of("$type", foreign, "plain", 1L);

        assertThat(ValueEncoding.json().decodeEntries(state)).isEqualTo(state);
    }

    @Test
    void encode_ofWhatJsonLacks_countsByKind() {
        Encodings encodings = new Encodings();

        ValueEncoding.json()
                .encode(
                        Arrays.asList(
                                Double.NaN,
                                Double.POSITIVE_INFINITY,
                                Bytes.copyOf(new byte[3]),
                                Instant.EPOCH.plus(1, ChronoUnit.NANOS),
                                "\ud800",
                                Map.of("$type", "x"),
                                new TaggedValue("geopoint", List.of(1.5, 2.5)),
                                Long.MAX_VALUE,
                                null),
                        encodings);

        assertThat(encodings.counts())
                .isEqualTo(Map.of("double", 2, "bytes", 1, "timestamp", 1, "utf16", 1, "map", 1, "tagged", 1));
    }

    @Test
    void encode_ofWhatAStructLacks_countsByKind() {
        Encodings encodings = new Encodings();

        ValueEncoding.struct().encode(List.of(1L, 1.0, 1.5, -0.0, Long.MIN_VALUE, (1L << 53) + 1, 1L << 53), encodings);

        assertThat(encodings.counts()).isEqualTo(Map.of("double", 2, "int64", 2));
    }

    @Test
    void decode_ofAValue_isUnmodifiable() {
        Object decoded = ValueEncoding.json().decode(new ArrayList<>(List.of(Collections.emptyMap())));

        assertThat(decoded).asInstanceOf(InstanceOfAssertFactories.LIST).isUnmodifiable();
    }

    @Test
    void maxDepth_ofNoLevel_isRefused() {
        assertThatThrownBy(() -> ValueEncoding.builder().maxDepth(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("at least 1");
    }

    private static boolean mentionsType(@Nullable Object value) {
        if (value instanceof List<?> list) {
            return list.stream().anyMatch(ValueEncodingTest::mentionsType);
        }
        return value instanceof Map<?, ?> map
                && (map.containsKey("$type") || map.values().stream().anyMatch(ValueEncodingTest::mentionsType));
    }
}
