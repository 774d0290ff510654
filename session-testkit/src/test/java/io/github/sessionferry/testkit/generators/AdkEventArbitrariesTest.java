package io.github.sessionferry.testkit.generators;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.sessionferry.core.SessionEvent;
import io.github.sessionferry.core.codec.EventDocument;
import io.github.sessionferry.core.codec.Json;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;

class AdkEventArbitrariesTest {

    @Example
    void events_haveEveryKindOfPart_everyAction_andEveryField_inBothForms() {
        String all = events().sampleStream()
                .limit(500)
                .map(event -> Json.write(EventDocument.write(event)))
                .collect(Collectors.joining());

        assertThat(all)
                .contains("\"text\":", "\"thought\":true", "\"thought_signature\":", "\"thoughtSignature\":")
                .contains("\"function_call\":", "\"functionCall\":", "\"function_response\":", "\"inline_data\":")
                .contains("\"file_data\":", "\"video_metadata\":", "\"executable_code\":", "\"codeExecutionResult\":")
                .contains("\"hologram_data\":", "\"hologramData\":", "\"future_action\":", "\"futureField\":")
                .contains("\"artifact_delta\":", "\"requested_auth_configs\":", "\"requested_tool_confirmations\":")
                .contains("\"transfer_to_agent\":", "\"escalate\":", "\"skip_summarization\":", "\"compaction\":")
                .contains("\"grounding_metadata\":", "\"usage_metadata\":", "\"finish_reason\":", "\"branch\":")
                .contains("\"long_running_tool_ids\":", "\"partial\":", "\"interrupted\":", "\"error_code\":")
                .contains("\"input_transcription\":", "\"output_transcription\":", "\"custom_metadata\":");
    }

    @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
    void documentInCamelCase_isReadAsThatInSnakeCase(@ForAll("events") SessionEvent event) {
        Map<String, @Nullable Object> document = EventDocument.write(event);
        Map<String, @Nullable Object> inCamelCase = inCamelCase(document);
        inCamelCase.computeIfPresent("actions", (name, actions) -> inCamelCase((Map<?, ?>) actions));

        assertThat(EventDocument.read(inCamelCase, null)).isEqualTo(event);
        assertThat(EventDocument.read(document, null)).isEqualTo(event);
    }

    /** Every name but that of the field that no version of ADK has. */
    private static Map<String, @Nullable Object> inCamelCase(Map<?, ?> fields) {
        Map<String, @Nullable Object> renamed = new LinkedHashMap<>();
        fields.forEach((key, value) -> {
            String name = (String) key;
            renamed.put(name.startsWith("future") ? name : AdkEventArbitraries.camelCase(name), value);
        });
        return renamed;
    }

    @Provide
    Arbitrary<SessionEvent> events() {
        return AdkEventArbitraries.events();
    }
}
