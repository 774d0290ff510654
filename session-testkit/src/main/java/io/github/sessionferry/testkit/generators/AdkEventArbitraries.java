package io.github.sessionferry.testkit.generators;

import static java.util.Objects.requireNonNull;

import io.github.sessionferry.core.Bytes;
import io.github.sessionferry.core.SessionEvent;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import org.jspecify.annotations.Nullable;

/**
 * Events as the Agent Development Kit has them: every kind of part, every action and every other field, and those that a
 * later version may have; all names in snake_case or all in camelCase. Thread-safe: static methods only.
 *
 * @see <a href="https://google.github.io/adk-docs/events/">ADK: events</a>
 */
final class AdkEventArbitraries {

    private static final double SELDOM = 0.7;

    private static final Arbitrary<Object> TEXTS =
            Arbitraries.strings().all().ofMaxLength(20).map(text -> text);
    private static final Arbitrary<Object> IDS = SessionArbitraries.plainIds().map(id -> id);
    private static final Arbitrary<Object> FLAGS = Arbitraries.of(true, false).map(flag -> flag);
    private static final Arbitrary<Object> COUNTS =
            Arbitraries.longs().between(0, 100_000).map(count -> count);
    private static final Arbitrary<Object> RATIOS =
            Arbitraries.doubles().between(-10, 10).map(ratio -> ratio);
    private static final Arbitrary<Object> BYTES =
            Arbitraries.bytes().array(byte[].class).ofMaxSize(20).map(Bytes::copyOf);
    private static final Arbitrary<Object> MAPS = SessionArbitraries.states().map(map -> map);

    private final UnaryOperator<String> names;

    private AdkEventArbitraries(UnaryOperator<String> names) {
        this.names = names;
    }

    static Arbitrary<SessionEvent> events() {
        return Arbitraries.oneOf(
                new AdkEventArbitraries(UnaryOperator.identity()).all(),
                new AdkEventArbitraries(AdkEventArbitraries::camelCase).all());
    }

    private Arbitrary<SessionEvent> all() {
        return Combinators.combine(
                        SessionArbitraries.plainIds(),
                        Arbitraries.of("user", "agent", "planner"),
                        SessionArbitraries.times(),
                        contents().injectNull(0.1),
                        SessionArbitraries.states(),
                        someOf(actions()),
                        someOf(fields()))
                .as(SessionArbitraries::event);
    }

    private Arbitrary<Map<String, @Nullable Object>> contents() {
        return Combinators.combine(
                        Arbitraries.of("user", "model"), parts().list().ofMaxSize(4))
                .as((role, parts) -> {
                    Map<String, @Nullable Object> content = new LinkedHashMap<>();
                    content.put("role", role);
                    content.put("parts", parts);
                    return content;
                });
    }

    private Arbitrary<Map<String, @Nullable Object>> parts() {
        Arbitrary<Object> files = allOf(Map.of("file_uri", TEXTS, "mime_type", TEXTS));
        Arbitrary<Map<String, @Nullable Object>> kinds = Arbitraries.oneOf(List.of(
                part(Map.of("text", TEXTS)),
                part(Map.of("text", TEXTS, "thought", FLAGS, "thought_signature", BYTES)),
                part(Map.of("function_call", allOf(Map.of("id", IDS, "name", IDS, "args", MAPS)))),
                part(Map.of("function_response", allOf(Map.of("id", IDS, "name", IDS, "response", MAPS)))),
                part(Map.of("inline_data", allOf(Map.of("data", BYTES, "mime_type", TEXTS)))),
                part(Map.of("file_data", files)),
                part(Map.of(
                        "file_data",
                        files,
                        "video_metadata",
                        allOf(Map.of("start_offset", TEXTS, "end_offset", TEXTS, "fps", RATIOS)))),
                part(Map.of("executable_code", allOf(Map.of("code", TEXTS, "language", TEXTS)))),
                part(Map.of("code_execution_result", allOf(Map.of("outcome", TEXTS, "output", TEXTS)))),
                part(Map.of("hologram_data", MAPS))));
        return Combinators.combine(kinds, MAPS.optional(0.1)).as((part, unknown) -> {
            unknown.ifPresent(value -> part.put(names.apply("future_field"), value));
            return part;
        });
    }

    private Arbitrary<Map<String, @Nullable Object>> part(Map<String, Arbitrary<Object>> fields) {
        return choice(fields, 0);
    }

    private Map<String, Arbitrary<Object>> actions() {
        return Map.ofEntries(
                Map.entry("agent_state", MAPS),
                Map.entry("artifact_delta", maps(COUNTS)),
                Map.entry(
                        "compaction",
                        allOf(Map.of(
                                "start_timestamp",
                                RATIOS,
                                "end_timestamp",
                                RATIOS,
                                "compacted_content",
                                contents().map(content -> content)))),
                Map.entry("end_of_agent", FLAGS),
                Map.entry("escalate", FLAGS),
                Map.entry("requested_auth_configs", maps(allOf(Map.of("credential_key", TEXTS, "auth_scheme", MAPS)))),
                Map.entry(
                        "requested_tool_confirmations",
                        maps(allOf(Map.of("hint", TEXTS, "confirmed", FLAGS, "payload", MAPS)))),
                Map.entry("rewind_before_invocation_id", IDS),
                Map.entry("skip_summarization", FLAGS),
                Map.entry("transfer_to_agent", TEXTS),
                Map.entry("future_action", MAPS));
    }

    private Map<String, Arbitrary<Object>> fields() {
        Arbitrary<Object> transcriptions = allOf(Map.of("text", TEXTS, "finished", FLAGS));
        return Map.ofEntries(
                Map.entry("avg_logprobs", RATIOS),
                Map.entry("branch", TEXTS),
                Map.entry("cache_metadata", MAPS),
                Map.entry("citation_metadata", MAPS),
                Map.entry("custom_metadata", MAPS),
                Map.entry("error_code", TEXTS),
                Map.entry("error_message", TEXTS),
                Map.entry("finish_reason", Arbitraries.of("STOP", "MAX_TOKENS", "SAFETY")),
                Map.entry(
                        "grounding_metadata",
                        allOf(Map.of("search_entry_point", allOf(Map.of("sdk_blob", BYTES)), "chunks", lists(MAPS)))),
                Map.entry("input_transcription", transcriptions),
                Map.entry("interaction_id", IDS),
                Map.entry("interrupted", FLAGS),
                Map.entry("live_session_resumption_update", MAPS),
                Map.entry("logprobs_result", MAPS),
                Map.entry("long_running_tool_ids", lists(IDS)),
                Map.entry("model_version", TEXTS),
                Map.entry("output_transcription", transcriptions),
                Map.entry("partial", FLAGS),
                Map.entry("turn_complete", FLAGS),
                Map.entry("usage_metadata", allOf(Map.of("prompt_token_count", COUNTS, "total_token_count", COUNTS))),
                Map.entry("future_field", MAPS));
    }

    private static Arbitrary<Object> lists(Arbitrary<Object> elements) {
        return elements.list().ofMaxSize(2).map(list -> list);
    }

    private static Arbitrary<Object> maps(Arbitrary<Object> values) {
        return Arbitraries.maps(SessionArbitraries.plainIds(), values)
                .ofMaxSize(2)
                .map(map -> map);
    }

    private Arbitrary<Object> allOf(Map<String, Arbitrary<Object>> fields) {
        return choice(fields, 0).map(map -> map);
    }

    private Arbitrary<Map<String, @Nullable Object>> someOf(Map<String, Arbitrary<Object>> fields) {
        return choice(fields, SELDOM);
    }

    /** Fields, each of them left out with a probability. */
    private Arbitrary<Map<String, @Nullable Object>> choice(Map<String, Arbitrary<Object>> fields, double leftOut) {
        List<String> chosen = fields.keySet().stream().sorted().toList();
        List<Arbitrary<Optional<Object>>> values = chosen.stream()
                .map(name -> requireNonNull(fields.get(name)).optional(1 - leftOut))
                .toList();
        return Combinators.combine(values).as(drawn -> {
            Map<String, @Nullable Object> map = new LinkedHashMap<>();
            for (int i = 0; i < drawn.size(); i++) {
                String name = names.apply(chosen.get(i));
                drawn.get(i).ifPresent(value -> map.put(name, value));
            }
            return map;
        });
    }

    /** The name that ADK gives a field in JSON. */
    static String camelCase(String snakeCase) {
        StringBuilder camelCase = new StringBuilder();
        for (String word : snakeCase.split("_", -1)) {
            camelCase.append(camelCase.isEmpty() ? word : Character.toUpperCase(word.charAt(0)) + word.substring(1));
        }
        return camelCase.toString();
    }
}
