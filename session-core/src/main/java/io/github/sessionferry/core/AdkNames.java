package io.github.sessionferry.core;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The field names of ADK's events that have a snake_case and a camelCase form.
 *
 * @see <a href="https://google.github.io/adk-docs/events/">ADK: events</a>
 */
final class AdkNames {

    static final Map<String, String> EVENT = byCamelCase(
            "invocation_id",
            "turn_complete",
            "error_code",
            "error_message",
            "long_running_tool_ids",
            "grounding_metadata",
            "usage_metadata",
            "custom_metadata",
            "citation_metadata",
            "cache_metadata",
            "finish_reason",
            "model_version",
            "interaction_id",
            "avg_logprobs",
            "logprobs_result",
            "input_transcription",
            "output_transcription",
            "live_session_resumption_update");

    static final Map<String, String> ACTIONS = byCamelCase(
            "state_delta",
            "artifact_delta",
            "transfer_to_agent",
            "skip_summarization",
            "requested_auth_configs",
            "requested_tool_confirmations",
            "agent_state",
            "end_of_agent",
            "end_invocation",
            "rewind_before_invocation_id");

    private AdkNames() {}

    /** Gives the names of a table their snake_case form, unless that form is there as well. */
    static Map<String, @Nullable Object> canonical(
            Map<String, ? extends @Nullable Object> values, Map<String, String> names) {
        Map<String, @Nullable Object> canonical = new LinkedHashMap<>();
        values.forEach((name, value) -> {
            String snakeCase = names.getOrDefault(name, name);
            canonical.put(values.containsKey(snakeCase) ? name : snakeCase, value);
        });
        return canonical;
    }

    private static Map<String, String> byCamelCase(String... snakeCase) {
        return Stream.of(snakeCase).collect(Collectors.toUnmodifiableMap(AdkNames::camelCase, Function.identity()));
    }

    private static String camelCase(String snakeCase) {
        StringBuilder camelCase = new StringBuilder(snakeCase);
        for (int i = camelCase.indexOf("_"); i >= 0; i = camelCase.indexOf("_")) {
            camelCase.deleteCharAt(i);
            camelCase.setCharAt(i, Character.toUpperCase(camelCase.charAt(i)));
        }
        return camelCase.toString();
    }
}
