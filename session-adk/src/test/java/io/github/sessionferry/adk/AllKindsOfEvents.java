package io.github.sessionferry.adk;

import com.google.adk.events.Event;
import com.google.adk.events.EventActions;
import com.google.adk.events.EventCompaction;
import com.google.adk.events.ToolConfirmation;
import com.google.genai.types.CodeExecutionResult;
import com.google.genai.types.Content;
import com.google.genai.types.CustomMetadata;
import com.google.genai.types.ExecutableCode;
import com.google.genai.types.FileData;
import com.google.genai.types.FinishReason;
import com.google.genai.types.FunctionCall;
import com.google.genai.types.FunctionResponse;
import com.google.genai.types.GenerateContentResponseUsageMetadata;
import com.google.genai.types.GroundingChunk;
import com.google.genai.types.GroundingChunkWeb;
import com.google.genai.types.GroundingMetadata;
import com.google.genai.types.Part;
import com.google.genai.types.Transcription;
import com.google.genai.types.VideoMetadata;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Events with everything that ADK for Java has a field for, and what ADK's client for Agent Engine reads of them. */
final class AllKindsOfEvents {

    private static final Instant TIME = Instant.parse("2026-01-05T10:00:00.123Z");
    private static final byte[] BYTES = {-1, -2, 0, 127, -5, -17};

    private AllKindsOfEvents() {}

    /** So many events, one kind after the other. */
    static List<Event> cycled(int count) {
        return IntStream.range(0, count).mapToObj(AllKindsOfEvents::event).toList();
    }

    /** An event with bytes in its content. */
    static Event withBytes() {
        return Event.builder()
                .id("bytes")
                .invocationId("i")
                .author("user")
                .timestamp(TIME.toEpochMilli())
                .content(user(Part.fromBytes(BYTES, "image/png")))
                .actions(EventActions.builder().build())
                .build();
    }

    private static Event event(int number) {
        Event.Builder event = Event.builder()
                .id("e" + number)
                .invocationId("i" + number / 4)
                .timestamp(TIME.plusMillis(number * 7L).toEpochMilli())
                .author(number % 2 == 0 ? "user" : "clerk")
                .actions(EventActions.builder().build());
        return switch (number % 16) {
            case 0 -> event.content(user(Part.fromText("line " + number))).build();
            case 1 ->
                event.content(model(
                                Part.builder()
                                        .text("hm")
                                        .thought(true)
                                        .thoughtSignature(BYTES)
                                        .build(),
                                Part.fromText("two parts")))
                        .turnComplete(true)
                        .build();
            case 2 ->
                event.content(model(Part.builder()
                                .functionCall(FunctionCall.builder()
                                        .id("call-" + number)
                                        .name("find_it")
                                        .args(Map.of("order_id", 7, "deep", Map.of("a_b", List.of(1.5, "x", true))))
                                        .build())
                                .build()))
                        .longRunningToolIds(Set.of("call-" + number))
                        .build();
            case 3 ->
                event.content(user(Part.builder()
                                .functionResponse(FunctionResponse.builder()
                                        .id("call-" + (number - 1))
                                        .name("find_it")
                                        .response(Map.of("found_at", List.of("a", 2)))
                                        .build())
                                .build()))
                        .build();
            case 4 ->
                event.content(user(
                                Part.builder()
                                        .fileData(FileData.builder()
                                                .mimeType("image/png")
                                                .fileUri("gs://b/" + number)
                                                .build())
                                        .build(),
                                Part.fromText("what is it?")))
                        .build();
            case 5 ->
                event.content(user(Part.builder()
                                .fileData(FileData.builder()
                                        .mimeType("video/mp4")
                                        .fileUri("gs://b/" + number)
                                        .build())
                                .videoMetadata(VideoMetadata.builder()
                                        .startOffset(Duration.ofMillis(1_500))
                                        .endOffset(Duration.ofSeconds(3))
                                        .build())
                                .build()))
                        .build();
            case 6 ->
                event.content(model(
                                Part.builder()
                                        .executableCode(ExecutableCode.builder()
                                                .language("PYTHON")
                                                .code("print(1)")
                                                .build())
                                        .build(),
                                Part.builder()
                                        .codeExecutionResult(CodeExecutionResult.builder()
                                                .outcome("OUTCOME_OK")
                                                .output("1")
                                                .build())
                                        .build()))
                        .build();
            case 7 ->
                event.branch("root.child").interrupted(true).turnComplete(false).build();
            case 8 ->
                event.errorCode(new FinishReason("SAFETY"))
                        .errorMessage("refused")
                        .build();
            case 9 ->
                event.content(model(Part.fromText("grounded")))
                        .groundingMetadata(GroundingMetadata.builder()
                                .webSearchQueries("ferries")
                                .groundingChunks(GroundingChunk.builder()
                                        .web(GroundingChunkWeb.builder()
                                                .uri("https://example.org/")
                                                .title("Ferries")
                                                .build())
                                        .build())
                                .build())
                        .build();
            case 10 ->
                event.actions(EventActions.builder().stateDelta(delta(number)).build())
                        .build();
            case 11 ->
                event.actions(EventActions.builder()
                                .skipSummarization(true)
                                .escalate(true)
                                .transferToAgent("billing")
                                .artifactDelta(new HashMap<>(Map.of("a_file.txt", 3)))
                                .build())
                        .build();
            case 12 ->
                event.actions(EventActions.builder()
                                .requestedAuthConfigs(Map.of("call-1", Map.of("auth_scheme", "oauth2")))
                                .build())
                        .build();
            case 13 ->
                event.actions(EventActions.builder()
                                .requestedToolConfirmations(Map.of(
                                        "call-1",
                                        ToolConfirmation.builder()
                                                .hint("sure?")
                                                .confirmed(true)
                                                .build()))
                                .build())
                        .build();
            case 14 ->
                event.content(model(Part.fromText("heard")))
                        .usageMetadata(GenerateContentResponseUsageMetadata.builder()
                                .totalTokenCount(12)
                                .build())
                        .finishReason(new FinishReason("STOP"))
                        .avgLogprobs(-0.5)
                        .modelVersion("gemini-3")
                        .customMetadata(List.of(CustomMetadata.builder()
                                .key("k_1")
                                .stringValue("v")
                                .build()))
                        .inputTranscription(Transcription.builder()
                                .text("in")
                                .finished(true)
                                .build())
                        .outputTranscription(Transcription.builder().text("out").build())
                        .build();
            default ->
                event.actions(EventActions.builder()
                                .endOfAgent(true)
                                .deletedArtifactIds(Set.of("old.txt"))
                                .compaction(EventCompaction.builder()
                                        .startTimestamp(1)
                                        .endTimestamp(2)
                                        .compactedContent(model(Part.fromText("short")))
                                        .build())
                                .build())
                        .build();
        };
    }

    private static Map<String, Object> delta(int number) {
        return new HashMap<>(Map.of("turns", number, "user:last", "line " + number, "app:list", List.of(1, 2.5)));
    }

    private static Content user(Part... parts) {
        return Content.builder().role("user").parts(parts).build();
    }

    private static Content model(Part... parts) {
        return Content.builder().role("model").parts(parts).build();
    }

    /**
     * What ADK's own client makes of an event in Agent Engine.
     *
     * <ul>
     *   <li>The service has no field for: ids of function calls and responses; of the actions, tool confirmations, deleted
     *       artifacts, the compaction, and that the agent has ended.
     *   <li>The client reads neither usage, finish reason, log probabilities and version of the model, nor transcriptions and
     *       custom metadata, although the service may have them.
     *   <li>It drops a content whole in which a part has offsets into a video, in the form in which the service tells them.
     *   <li>A flag that is absent is false, and a content that is absent has no parts.
     *   <li>Of the history of a session the service is not told the state deltas, for it would apply them.
     * </ul>
     *
     * @param isHistory whether the event was moved with its session, and not appended to it
     */
    static Event asClientOfAdkReads(Event event, boolean isHistory) {
        EventActions actions = event.actions();
        return Event.builder()
                .author(event.author())
                .invocationId(event.invocationId())
                .timestamp(event.timestamp())
                .content(contentAsClientOfAdkReads(event.content()))
                .actions(EventActions.builder()
                        .stateDelta(isHistory ? Map.of() : actions.stateDelta())
                        .artifactDelta(actions.artifactDelta())
                        .requestedAuthConfigs(actions.requestedAuthConfigs())
                        .skipSummarization(actions.skipSummarization().orElse(null))
                        .transferToAgent(actions.transferToAgent().orElse(null))
                        .escalate(actions.escalate().orElse(null))
                        .build())
                .partial(event.partial().orElse(false))
                .turnComplete(event.turnComplete().orElse(false))
                .interrupted(event.interrupted().orElse(false))
                .branch(event.branch().orElse(null))
                .errorCode(event.errorCode().orElse(null))
                .errorMessage(event.errorMessage().orElse(null))
                .longRunningToolIds(event.longRunningToolIds().orElse(null))
                .groundingMetadata(event.groundingMetadata().orElse(null))
                .build();
    }

    private static @Nullable Content contentAsClientOfAdkReads(Optional<Content> content) {
        List<Part> parts = content.flatMap(Content::parts).orElse(List.of());
        if (parts.stream().anyMatch(part -> part.videoMetadata().isPresent())) {
            return null;
        }
        Content.Builder read = Content.builder()
                .parts(parts.stream().map(AllKindsOfEvents::withoutCallId).toList());
        content.flatMap(Content::role).ifPresent(read::role);
        return read.build();
    }

    private static Part withoutCallId(Part part) {
        Part.Builder read = part.toBuilder();
        part.functionCall()
                .ifPresent(call -> read.functionCall(call.toBuilder().clearId().build()));
        part.functionResponse()
                .ifPresent(response ->
                        read.functionResponse(response.toBuilder().clearId().build()));
        return read.build();
    }
}
