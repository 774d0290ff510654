package io.github.sessionferry.testkit.agentengine;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.google.protobuf.Any;
import com.google.protobuf.util.JsonFormat;
import com.google.rpc.Code;
import com.google.rpc.Status;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Recorded traffic: requests, each with the answer or error that came for it. Immutable. */
record Recording(List<Exchange> exchanges) {
    private static final JsonMapper JSON = new JsonMapper();

    /** @param answeredAt the line of the answer; the largest number if none was recorded */
    record Exchange(
            int line, int answeredAt, String method, Any request, Optional<Any> response, Optional<Status> error) {
        /** The client gave up: what the server would have answered is not known. */
        boolean isCancelled() {
            return response.isEmpty()
                    && error.map(status -> status.getCode() == Code.CANCELLED_VALUE)
                            .orElse(true);
        }

        boolean isRead() {
            return method.startsWith("Get") || method.startsWith("List");
        }

        boolean failedWith(int code) {
            return error.isPresent() && error.get().getCode() == code;
        }
    }

    static Recording parse(List<String> lines) {
        Map<Integer, JsonNode> requests = new LinkedHashMap<>();
        Map<Integer, JsonNode> answers = new LinkedHashMap<>();
        for (String text : lines) {
            if (!text.isBlank()) {
                JsonNode line = read(text);
                if (line.path("kind").asText().equals("request")) {
                    requests.put(line.path("n").asInt(), line);
                } else {
                    answers.put(line.path("ref").asInt(), line);
                }
            }
        }
        List<Exchange> exchanges = new ArrayList<>();
        requests.forEach((n, request) -> exchanges.add(exchange(n, request, Optional.ofNullable(answers.get(n)))));
        return new Recording(List.copyOf(exchanges));
    }

    /** The orders in which the server may have applied the requests, more than one if some were under way together. */
    List<List<Exchange>> orders() {
        List<Exchange> asAnswered = exchanges.stream()
                .sorted(Comparator.comparingInt(Exchange::answeredAt))
                .toList();
        return asAnswered.equals(exchanges) ? List.of(exchanges) : List.of(exchanges, asAnswered);
    }

    private static Exchange exchange(int n, JsonNode request, Optional<JsonNode> answer) {
        Optional<JsonNode> response =
                answer.filter(line -> line.path("kind").asText().equals("response"));
        Optional<JsonNode> error =
                answer.filter(line -> line.path("kind").asText().equals("error"));
        return new Exchange(
                n,
                answer.map(line -> line.path("n").asInt()).orElse(Integer.MAX_VALUE),
                request.path("method").asText(),
                message(request),
                response.map(Recording::message),
                error.map(Recording::message).map(any -> Protos.unpack(any, Status.getDefaultInstance())));
    }

    private static Any message(JsonNode line) {
        Any.Builder message = Any.newBuilder();
        try {
            JsonFormat.parser()
                    .usingTypeRegistry(Protos.REGISTRY)
                    .merge(line.path("message").toString(), message);
            return message.build();
        } catch (IOException e) {
            throw new UncheckedIOException("line " + line.path("n") + " is not a message", e);
        }
    }

    private static JsonNode read(String text) {
        try {
            return JSON.readTree(text);
        } catch (IOException e) {
            throw new UncheckedIOException("not a line of a recording", e);
        }
    }
}
