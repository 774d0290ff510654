package io.github.sessionferry.testkit.generators;

import io.github.sessionferry.core.Bytes;
import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionEvent;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.TaggedValue;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;
import org.jspecify.annotations.Nullable;

/**
 * Generators for jqwik of everything that a session is made of, the hostile included.
 *
 * <p>Thread-safe: static methods only.
 *
 * @since 0.1
 */
public final class SessionArbitraries {

    private static final Instant EARLIEST = Instant.parse("2020-01-01T00:00:00Z");
    private static final long MICROS_OF_TEN_YEARS = 10L * 365 * 24 * 3600 * 1_000_000;
    private static final int MAX_NESTING = 2;
    private static final Arbitrary<String> KEYS_OF_MAPS =
            Arbitraries.oneOf(plainIds(), Arbitraries.of(SessionSamples.KEYS_OF_MAPS.values()));
    private static final Arbitrary<@Nullable Object> VALUES = nested(MAX_NESTING);
    private static final Arbitrary<Map<String, @Nullable Object>> STATES =
            Arbitraries.maps(KEYS_OF_MAPS, VALUES).ofMaxSize(4);

    private SessionArbitraries() {}

    /**
     * Ids: plain ones, UUIDs, those of {@link SessionSamples#HOSTILE_IDS}, and any text.
     *
     * @return strings that are not empty
     */
    public static Arbitrary<String> ids() {
        return Arbitraries.oneOf(
                plainIds(),
                Combinators.combine(Arbitraries.longs(), Arbitraries.longs())
                        .as((high, low) -> new UUID(high, low).toString()),
                Arbitraries.of(SessionSamples.HOSTILE_IDS.values()),
                Arbitraries.strings().all().ofMinLength(1).ofMaxLength(20));
    }

    /**
     * Ids that every store keeps as they are.
     *
     * @return strings of small letters and digits that begin with a letter
     */
    public static Arbitrary<String> plainIds() {
        return Arbitraries.strings()
                .withCharRange('a', 'z')
                .numeric()
                .ofMinLength(1)
                .ofMaxLength(24)
                .map(text -> "s" + text);
    }

    /**
     * Session keys with any parts.
     *
     * @return keys
     */
    public static Arbitrary<SessionKey> keys() {
        return Combinators.combine(ids(), Arbitraries.oneOf(ids(), Arbitraries.just("")), ids())
                .as(SessionKey::new);
    }

    /**
     * Times to the microsecond, within ten years from 2020 on.
     *
     * @return times
     */
    public static Arbitrary<Instant> times() {
        return Arbitraries.longs()
                .between(0, MICROS_OF_TEN_YEARS)
                .map(micros -> EARLIEST.plusSeconds(micros / 1_000_000).plusNanos(micros % 1_000_000 * 1_000));
    }

    /**
     * State values of every kind, nested a few levels.
     *
     * @return values, {@code null} among them
     */
    public static Arbitrary<@Nullable Object> values() {
        return VALUES;
    }

    private static Arbitrary<@Nullable Object> nested(int nesting) {
        Arbitrary<@Nullable Object> flat = flatValues();
        if (nesting == 0) {
            return flat;
        }
        Arbitrary<@Nullable Object> inner = nested(nesting - 1);
        Arbitrary<@Nullable Object> lists = inner.list().ofMaxSize(3).map(list -> list);
        Arbitrary<@Nullable Object> maps =
                Arbitraries.maps(KEYS_OF_MAPS, inner).ofMaxSize(3).map(map -> map);
        Arbitrary<@Nullable Object> tagged = inner.map(value -> new TaggedValue("sample", value));
        return Arbitraries.frequencyOf(Tuple.of(8, flat), Tuple.of(2, lists), Tuple.of(2, maps), Tuple.of(1, tagged));
    }

    private static Arbitrary<@Nullable Object> flatValues() {
        return Arbitraries.oneOf(List.of(
                Arbitraries.of(SessionSamples.values().values().stream()
                                .map(Optional::ofNullable)
                                .toList())
                        .map(sample -> sample.orElse(null)),
                Arbitraries.longs().map(value -> value),
                Arbitraries.doubles().map(value -> value),
                Arbitraries.strings().all().ofMaxLength(30).map(value -> value),
                Arbitraries.bytes().array(byte[].class).ofMaxSize(20).map(Bytes::copyOf),
                times().map(value -> value)));
    }

    /**
     * Keys of maps within values: plain ones and those of {@link SessionSamples#KEYS_OF_MAPS}.
     *
     * @return strings
     */
    public static Arbitrary<String> keysOfMaps() {
        return KEYS_OF_MAPS;
    }

    /**
     * A session's own state: keys without a scope's prefix.
     *
     * @return values by key
     */
    public static Arbitrary<Map<String, @Nullable Object>> states() {
        return STATES;
    }

    /**
     * Events with a plain id: {@linkplain #adkEvents() those of the Agent Development Kit}, and others with any content.
     *
     * @return events
     */
    public static Arbitrary<SessionEvent> events() {
        return Arbitraries.oneOf(adkEvents(), eventsOfAnyContent());
    }

    /**
     * Events as the Agent Development Kit has them: every kind of part, every action and every other field, and those that
     * a later version may have; names in snake_case or in camelCase.
     *
     * @return events with a plain id
     */
    public static Arbitrary<SessionEvent> adkEvents() {
        return AdkEventArbitraries.events();
    }

    private static Arbitrary<SessionEvent> eventsOfAnyContent() {
        return Combinators.combine(
                        plainIds(),
                        Arbitraries.of("user", "agent", "über-agent"),
                        times(),
                        states().injectNull(0.2),
                        states(),
                        states(),
                        states())
                .as(SessionArbitraries::event);
    }

    static SessionEvent event(
            String id,
            String author,
            Instant time,
            @Nullable Map<String, @Nullable Object> content,
            Map<String, @Nullable Object> delta,
            Map<String, @Nullable Object> actions,
            Map<String, @Nullable Object> fields) {
        return SessionEvent.builder(id, author, time)
                .invocationId("invocation of " + id)
                .content(content)
                .stateDelta(delta)
                .actions(actions)
                .fields(fields)
                .build();
    }

    /**
     * Sessions with a plain key, any own state and fields, and up to five events.
     *
     * @return sessions
     */
    public static Arbitrary<Session> sessions() {
        return Combinators.combine(
                        Combinators.combine(plainIds(), plainIds(), plainIds()).as(SessionKey::new),
                        times(),
                        states(),
                        states(),
                        events().list().uniqueElements(SessionEvent::id).ofMaxSize(5))
                .as((key, time, state, fields, events) -> Session.builder(key, time.plusSeconds(60))
                        .createTime(time)
                        .state(state)
                        .fields(fields)
                        .events(events)
                        .build());
    }
}
