package io.github.sessionferry.vertex;

import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The fields of ADK's event, by the names that our model gives them, and the names that ADK itself writes into
 * {@code raw_event}. ADK refuses a raw event with any other field.
 *
 * @see <a href="https://github.com/google/adk-python/blob/main/src/google/adk/events/event.py">ADK: Event</a>
 */
final class AdkEvent {

    static final String CUSTOM_METADATA = "custom_metadata";

    /** Fields beside id, author, timestamp, invocation id, content, actions and custom metadata. */
    static final Map<String, String> FIELDS = byName(
            "avg_logprobs",
            "branch",
            "cache_metadata",
            "citation_metadata",
            "error_code",
            "error_message",
            "finish_reason",
            "grounding_metadata",
            "input_transcription",
            "interaction_id",
            "interrupted",
            "live_session_resumption_update",
            "logprobs_result",
            "long_running_tool_ids",
            "model_version",
            "output_transcription",
            "partial",
            "turn_complete",
            "usage_metadata");

    /** Actions beside the state delta. */
    static final Map<String, String> ACTIONS = byName(
            "agent_state",
            "artifact_delta",
            "compaction",
            "end_of_agent",
            "escalate",
            "requested_auth_configs",
            "requested_tool_confirmations",
            "rewind_before_invocation_id",
            "skip_summarization",
            "transfer_to_agent");

    private AdkEvent() {}

    private static Map<String, String> byName(String... names) {
        return Stream.of(names).collect(Collectors.toUnmodifiableMap(Function.identity(), AdkEvent::camelCase));
    }

    private static String camelCase(String snakeCase) {
        StringBuilder camelCase = new StringBuilder();
        for (String word : snakeCase.split("_", -1)) {
            camelCase.append(camelCase.isEmpty() ? word : Character.toUpperCase(word.charAt(0)) + word.substring(1));
        }
        return camelCase.toString();
    }
}
