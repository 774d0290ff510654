package io.github.sessionferry.vertex;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.cloud.aiplatform.v1.CodeExecutionResult.Outcome;
import com.google.cloud.aiplatform.v1.Content;
import com.google.cloud.aiplatform.v1.EventActions;
import com.google.cloud.aiplatform.v1.EventMetadata;
import com.google.cloud.aiplatform.v1.ExecutableCode.Language;
import com.google.cloud.aiplatform.v1.Part;
import com.google.cloud.aiplatform.v1.SessionEvent;
import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import com.google.protobuf.Struct;
import com.google.protobuf.Timestamp;
import io.github.sessionferry.core.Bytes;
import io.github.sessionferry.core.TaggedValue;
import io.github.sessionferry.core.codec.Encodings;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NativeEventsTest {

    private static final Instant TIME = Instant.parse("2026-01-05T10:00:00.123456Z");

    /** What ADK's event accepts; it refuses any other field. */
    private static final Set<String> ADK_FIELDS = Set.of(
            "id",
            "author",
            "timestamp",
            "content",
            "actions",
            "customMetadata",
            "turnComplete",
            "usageMetadata",
            "errorCode",
            "avgLogprobs");

    @Test
    void ofNew_everyKindOfPart_isNative() {
        SessionEvent written = NativeEvents.ofNew(event(Map.of(
                "role",
                "model",
                "parts",
                List.of(
                        Map.of("text", "hello", "thought", true, "thought_signature", "AQI="),
                        Map.of("inline_data", Map.of("mime_type", "image/png", "data", Bytes.copyOf(new byte[] {1}))),
                        Map.of("inlineData", Map.of("mimeType", "image/png", "data", "_-8=")),
                        Map.of(
                                "fileData", Map.of("fileUri", "gs://b/f", "mimeType", "video/mp4"),
                                "videoMetadata", Map.of("startOffset", "1.5s")),
                        Map.of("function_call", Map.of("name", "pay", "args", Map.of("sum", 7L), "id", "c1")),
                        Map.of("functionResponse", Map.of("name", "pay", "response", Map.of("ok", true))),
                        Map.of("executable_code", Map.of("language", "PYTHON", "code", "1+1")),
                        Map.of("codeExecutionResult", Map.of("outcome", "OUTCOME_OK", "output", "2"))))));

        List<Part> parts = written.getContent().getPartsList();
        assertThat(written.getContent().getRole()).isEqualTo("model");
        assertThat(parts).hasSize(8);
        assertThat(parts.get(0).getText()).isEqualTo("hello");
        assertThat(parts.get(0).getThought()).isTrue();
        assertThat(parts.get(0).getThoughtSignature()).isEqualTo(bytes(1, 2));
        assertThat(parts.get(1).getInlineData().getData()).isEqualTo(bytes(1));
        assertThat(parts.get(2).getInlineData().getData()).isEqualTo(bytes(0xff, 0xef));
        assertThat(parts.get(3).getFileData().getFileUri()).isEqualTo("gs://b/f");
        assertThat(parts.get(3).getVideoMetadata().getStartOffset())
                .isEqualTo(Duration.newBuilder()
                        .setSeconds(1)
                        .setNanos(500_000_000)
                        .build());
        assertThat(parts.get(4)
                        .getFunctionCall()
                        .getArgs()
                        .getFieldsOrThrow("sum")
                        .getNumberValue())
                .isEqualTo(7);
        assertThat(parts.get(5)
                        .getFunctionResponse()
                        .getResponse()
                        .getFieldsOrThrow("ok")
                        .getBoolValue())
                .isTrue();
        assertThat(parts.get(6).getExecutableCode().getLanguage()).isEqualTo(Language.PYTHON);
        assertThat(parts.get(7).getCodeExecutionResult().getOutcome()).isEqualTo(Outcome.OUTCOME_OK);
    }

    @Test
    void ofNew_whatDoesNotFit_isLeftOutAndTheRestSent() {
        SessionEvent written = NativeEvents.ofNew(event(Map.of(
                "role",
                7L,
                "parts",
                Arrays.asList(
                        null,
                        "no part",
                        Map.of("text", "kept", "novelty", 1L, "inline_data", "no blob"),
                        Map.of("executable_code", Map.of("language", "COBOL", "code", "x"))))));

        assertThat(written.getContent().getRole()).isEmpty();
        assertThat(written.getContent().getPartsList())
                .extracting(Part::getText)
                .containsExactly("kept", "");
        assertThat(written.getContent().getParts(1).getExecutableCode().getCode())
                .isEqualTo("x");
        assertThat(read(written).content())
                .isEqualTo(event(Map.of(
                                "role",
                                7L,
                                "parts",
                                Arrays.asList(
                                        null,
                                        "no part",
                                        Map.of("text", "kept", "novelty", 1L, "inline_data", "no blob"),
                                        Map.of("executable_code", Map.of("language", "COBOL", "code", "x")))))
                        .content());
    }

    @Test
    void ofNew_actionsAndMetadata_areNative() {
        SessionEvent written = NativeEvents.ofNew(builder()
                .stateDelta(Map.of("turns", 1L, "user:gone", TaggedValue.REMOVED, "temp:x", 1L))
                .actions(Map.of(
                        "transferToAgent",
                        "billing",
                        "skip_summarization",
                        true,
                        "escalate",
                        true,
                        "artifact_delta",
                        Map.of("a.txt", 3L),
                        "requested_auth_configs",
                        Map.of("c1", Map.of("scheme", "oauth"))))
                .fields(Map.of(
                        "error_code",
                        "SAFETY",
                        "error_message",
                        "no",
                        "branch",
                        "a.b",
                        "partial",
                        true,
                        "turn_complete",
                        true,
                        "interrupted",
                        true,
                        "long_running_tool_ids",
                        List.of("c1"),
                        "custom_metadata",
                        Map.of("k", "v"),
                        "grounding_metadata",
                        Map.of("web_search_queries", List.of("ferry"))))
                .build());

        EventActions actions = written.getActions();
        assertThat(actions.getTransferAgent()).isEqualTo("billing");
        assertThat(actions.getSkipSummarization()).isTrue();
        assertThat(actions.getEscalate()).isTrue();
        assertThat(actions.getArtifactDeltaMap()).isEqualTo(Map.of("a.txt", 3));
        assertThat(actions.getRequestedAuthConfigs().getFieldsMap()).containsOnlyKeys("c1");
        assertThat(actions.getStateDelta().getFieldsMap()).containsOnlyKeys("turns", "user:gone");
        EventMetadata metadata = written.getEventMetadata();
        assertThat(metadata.getBranch()).isEqualTo("a.b");
        assertThat(List.of(metadata.getPartial(), metadata.getTurnComplete(), metadata.getInterrupted()))
                .containsOnly(true);
        assertThat(metadata.getLongRunningToolIdsList()).containsExactly("c1");
        assertThat(metadata.getCustomMetadata().getFieldsMap()).containsOnlyKeys("k");
        assertThat(metadata.getGroundingMetadata().getWebSearchQueriesList()).containsExactly("ferry");
        assertThat(written.getErrorCode()).isEqualTo("SAFETY");
        assertThat(written.getErrorMessage()).isEqualTo("no");
    }

    @Test
    void ofHistory_delta_isOnlyInTheFullForm() {
        io.github.sessionferry.core.SessionEvent event =
                builder().stateDelta(Map.of("user:name", "Ada")).build();

        SessionEvent written = NativeEvents.ofHistory(event, 0, new Encodings());

        assertThat(written.getActions().hasStateDelta()).isFalse();
        assertThat(read(written)).isEqualTo(event);
    }

    @Test
    void ofNew_fullForm_hasOnlyFieldsThatAdkKnowsWithPlainValues() {
        io.github.sessionferry.core.SessionEvent event = builder()
                .invocationId("")
                .content(Map.of("parts", List.of(Map.of("inline_data", Map.of("data", Bytes.copyOf(new byte[] {1}))))))
                .actions(Map.of("transfer_to_agent", "b", "novelty", 1L))
                .fields(Map.of("turn_complete", true, "avg_logprobs", -1.0, "novelty", 2L))
                .build();

        SessionEvent written = NativeEvents.ofNew(event);

        Map<String, Object> raw = StructValues.map(written.getRawEvent());
        assertThat(ADK_FIELDS).containsAll(raw.keySet());
        assertThat(raw)
                .containsEntry("id", "e1")
                .containsEntry("turnComplete", true)
                .containsEntry("avgLogprobs", -1L)
                .containsEntry("actions", Map.of("transferToAgent", "b"))
                .containsEntry("content", Map.of("parts", List.of(Map.of("inline_data", Map.of("data", "AQ==")))));
        assertThat(written.getRawEvent().getFieldsOrThrow("timestamp").getNumberValue())
                .isEqualTo(1_767_607_200.123456);
        assertThat(read(written)).isEqualTo(event);
    }

    @Test
    void ofNew_plainEvent_hasNothingOfOurs() {
        SessionEvent written = NativeEvents.ofNew(event(Map.of("role", "user")));

        assertThat(written.getRawEvent().getFieldsMap()).doesNotContainKey("customMetadata");
    }

    @Test
    void ofNew_emptyAuthorAndInvocation_getAStandInThatReadersOfOursDoNotSee() {
        io.github.sessionferry.core.SessionEvent event =
                io.github.sessionferry.core.SessionEvent.builder("e1", "", TIME).build();

        SessionEvent written = NativeEvents.ofNew(event);

        assertThat(written.getAuthor()).isEqualTo("unknown");
        assertThat(written.getInvocationId()).isEqualTo("unknown");
        assertThat(read(written)).isEqualTo(event);
    }

    @Test
    void ofNew_customMetadataOfEveryShape_comesBack() {
        for (Object metadata : Arrays.asList(
                null, "text", Map.of(), Map.of("a", 1.0), Map.of("session_ferry", "theirs"), Map.of("k", "v"))) {
            io.github.sessionferry.core.SessionEvent event = builder()
                    .fields(java.util.Collections.singletonMap("custom_metadata", metadata))
                    .build();

            assertThat(read(NativeEvents.ofNew(event))).isEqualTo(event);
            assertThat(read(NativeEvents.ofHistory(event, 4, new Encodings()))).isEqualTo(event);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"+10000-01-01T00:00:00Z", "-0001-01-01T00:00:00Z"})
    void ofNew_timeThatTheServiceCannotHold_isRefused(String time) {
        io.github.sessionferry.core.SessionEvent event = io.github.sessionferry.core.SessionEvent.builder(
                        "e1", "user", Instant.parse(time))
                .build();

        assertThatThrownBy(() -> NativeEvents.ofNew(event)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void read_eventOfAnotherClient_isReadFromTheNativeFields() {
        SessionEvent stored = stored().setContent(Content.newBuilder()
                        .setRole("user")
                        .addParts(Part.newBuilder().setText("hi"))
                        .addParts(Part.newBuilder()
                                .setInlineData(com.google.cloud.aiplatform.v1.Blob.newBuilder()
                                        .setMimeType("image/png")
                                        .setData(bytes(1)))))
                .setActions(EventActions.newBuilder()
                        .setTransferAgent("billing")
                        .putArtifactDelta("a.txt", 3)
                        .setStateDelta(StructValues.struct(Map.of("user:name", "Ada", "turns", 1L))))
                .setEventMetadata(EventMetadata.newBuilder()
                        .setTurnComplete(true)
                        .addLongRunningToolIds("c1")
                        .setCustomMetadata(StructValues.struct(
                                Map.of("_usage_metadata", Map.of("total_token_count", 9L), "k", "v"))))
                .setErrorCode("SAFETY")
                .build();

        io.github.sessionferry.core.SessionEvent event = read(stored);

        assertThat(event)
                .isEqualTo(io.github.sessionferry.core.SessionEvent.builder("7748155602240536576", "user", TIME)
                        .invocationId("inv1")
                        .content(Map.of(
                                "role",
                                "user",
                                "parts",
                                List.of(
                                        Map.of("text", "hi"),
                                        Map.of("inline_data", Map.of("mime_type", "image/png", "data", "AQ==")))))
                        .stateDelta(Map.of("user:name", "Ada", "turns", 1L))
                        .actions(Map.of("transfer_to_agent", "billing", "artifact_delta", Map.of("a.txt", 3L)))
                        .fields(Map.of(
                                "turn_complete", true,
                                "long_running_tool_ids", List.of("c1"),
                                "custom_metadata", Map.of("k", "v"),
                                "usage_metadata", Map.of("total_token_count", 9L),
                                "error_code", "SAFETY"))
                        .build());
    }

    @Test
    void read_emptyMessages_countAsAbsent() {
        SessionEvent stored = stored().setContent(Content.getDefaultInstance())
                .setActions(EventActions.getDefaultInstance())
                .setEventMetadata(EventMetadata.getDefaultInstance())
                .build();

        assertThat(read(stored))
                .isEqualTo(io.github.sessionferry.core.SessionEvent.builder("7748155602240536576", "user", TIME)
                        .invocationId("inv1")
                        .build());
    }

    @Test
    void read_fullFormOfAdk_isPreferred() {
        Struct raw = StructValues.struct(Map.of(
                "id",
                "f3",
                "invocationId",
                "inv1",
                "author",
                "user",
                "timestamp",
                1_767_607_200.123456,
                "content",
                Map.of("role", "user"),
                "actions",
                Map.of("stateDelta", Map.of("turns", 1L), "transferToAgent", "b"),
                "usageMetadata",
                Map.of("totalTokenCount", 9L),
                "customMetadata",
                Map.of("k", "v")));

        assertThat(read(stored().setRawEvent(raw).build()))
                .isEqualTo(io.github.sessionferry.core.SessionEvent.builder("f3", "user", TIME)
                        .invocationId("inv1")
                        .content(Map.of("role", "user"))
                        .stateDelta(Map.of("turns", 1L))
                        .actions(Map.of("transfer_to_agent", "b"))
                        .fields(Map.of(
                                "usage_metadata", Map.of("totalTokenCount", 9L), "custom_metadata", Map.of("k", "v")))
                        .build());
    }

    private static SessionEvent.Builder stored() {
        return SessionEvent.newBuilder()
                .setName("projects/1/locations/l/reasoningEngines/2/sessions/s/events/7748155602240536576")
                .setAuthor("user")
                .setInvocationId("inv1")
                .setTimestamp(
                        Timestamp.newBuilder().setSeconds(TIME.getEpochSecond()).setNanos(TIME.getNano()));
    }

    private static io.github.sessionferry.core.SessionEvent.Builder builder() {
        return io.github.sessionferry.core.SessionEvent.builder("e1", "agent", TIME)
                .invocationId("inv1");
    }

    private static io.github.sessionferry.core.SessionEvent event(Map<String, ?> content) {
        return builder().content(content).build();
    }

    private static io.github.sessionferry.core.SessionEvent read(SessionEvent stored) {
        return EventReader.read(stored).event();
    }

    private static ByteString bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return ByteString.copyFrom(bytes);
    }
}
