package io.github.sessionferry.testkit.agentengine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.grpc.Status;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The emulated service over REST. */
@Timeout(60)
class RestTest {

    private static final String ENGINE = "projects/demo/locations/us-central1/reasoningEngines/42";
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final ObjectMapper JSON = new ObjectMapper();

    private final FakeAgentEngine engine = FakeAgentEngine.builder()
            .clock(() -> NOW)
            .maxRequestBytes(10_000)
            .restPort(0)
            .start();
    private final HttpClient client = HttpClient.newHttpClient();

    @AfterEach
    void stop() {
        engine.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"v1", "v1beta1"})
    void create_thenGet_answersAsTheServiceDoes(String version) throws Exception {
        JsonNode operation = created(version, "s-1", """
                {"userId": "ann", "sessionState": {"n": 5, "m": 7, "half": 0.5, "big": 1e300, "zero": -0.0, "nothing": null}}""");
        JsonNode session = get("/" + version + "/" + ENGINE + "/sessions/s-1");
        JsonNode again = get("/" + version + "/" + operation.get("name").asText());

        assertThat(operation.get("done").asBoolean()).isTrue();
        assertThat(operation.at("/metadata/@type").asText())
                .isEqualTo(
                        "type.googleapis.com/google.cloud.aiplatform." + version + ".CreateSessionOperationMetadata");
        assertThat(operation.at("/response/@type").asText())
                .isEqualTo("type.googleapis.com/google.cloud.aiplatform." + version + ".Session");
        assertThat(again).isEqualTo(operation);
        assertThat(session.get("name").asText())
                .matches("projects/[0-9]+/locations/us-central1/reasoningEngines/42/sessions/s-1");
        assertThat(session.get("userId").asText()).isEqualTo("ann");
        assertThat(session.get("expireTime").asText()).startsWith("2027-01-01T00:00:00");
        assertThat(session.get("sessionState").toString())
                .containsPattern("\"n\":5[,}]")
                .contains("\"half\":0.5", "\"big\":1.0E300", "\"zero\":-0.0", "\"nothing\":null");
    }

    @Test
    void append_thenList_answersUnsetMessagesAsEmpty() throws Exception {
        created("v1", "s-1", "{\"userId\": \"ann\"}");

        JsonNode appended = ok(send("POST", "/v1/" + ENGINE + "/sessions/s-1:appendEvent", """
                {"author": "user", "invocationId": "i-1", "timestamp": "2026-01-01T00:00:01.5Z"}"""));
        JsonNode event = get("/v1/" + ENGINE + "/sessions/s-1/events")
                .get("sessionEvents")
                .get(0);

        assertThat(appended).isEmpty();
        assertThat(event.get("timestamp").asText()).isEqualTo("2026-01-01T00:00:01.500Z");
        assertThat(event.get("content")).isEmpty();
        assertThat(event.get("actions")).isEmpty();
        assertThat(event.get("eventMetadata")).isEmpty();
    }

    @Test
    void list_withFilterAndPages_tellsAll() throws Exception {
        created("v1", "s-1", "{\"userId\": \"ann b+c\"}");
        created("v1", "s-2", "{\"userId\": \"ann b+c\"}");
        created("v1", "s-3", "{\"userId\": \"ben\"}");

        String question = "/v1/" + ENGINE + "/sessions?filter=user_id%3D%22ann+b%2Bc%22&pageSize=1&alt=json";
        JsonNode first = get(question);
        JsonNode second =
                get(question + "&pageToken=" + first.get("nextPageToken").asText());

        assertThat(first.get("sessions")).hasSize(1);
        assertThat(second.get("sessions")).hasSize(1);
        assertThat(second.has("nextPageToken")).isFalse();
        assertThat(first.get("sessions")).isNotEqualTo(second.get("sessions"));
    }

    @Test
    void update_changesWhatTheMaskNames() throws Exception {
        created("v1", "s-1", "{\"userId\": \"ann\", \"displayName\": \"old\"}");

        JsonNode updated = ok(send("PATCH", "/v1/" + ENGINE + "/sessions/s-1?updateMask=displayName", """
                {"displayName": "new", "labels": {"a": "b"}}"""));

        assertThat(updated.get("displayName").asText()).isEqualTo("new");
        assertThat(updated.has("labels")).isFalse();
    }

    @Test
    void delete_thenGet_isNotFound() throws Exception {
        created("v1", "s-1", "{\"userId\": \"ann\"}");

        JsonNode operation = ok(send("DELETE", "/v1/" + ENGINE + "/sessions/s-1", ""));
        HttpResponse<String> gone = send("GET", "/v1/" + ENGINE + "/sessions/s-1", "");

        assertThat(operation.at("/response/@type").asText()).isEqualTo("type.googleapis.com/google.protobuf.Empty");
        assertThat(gone.statusCode()).isEqualTo(404);
        assertThat(JSON.readTree(gone.body())).isEqualTo(JSON.readTree("""
                {"error": {"code": 404, "message": "Session %s/sessions/s-1 not found.", "status": "NOT_FOUND"}}
                """.formatted(ENGINE)));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ''         | {"userId": "a", "shape": 1}                       | Unknown name "shape" at 'session': Cannot find field.
            ''         | {"user_id": "a", "labels": {"any": "l"}, "x": {}} | Unknown name "x" at 'session': Cannot find field.
            ?color=red | {"userId": "a"}                                   | Unknown name "color": Cannot bind query parameter.
            ?a.b=red   | {"userId": "a"}                                   | Unknown name "a.b": Cannot bind query parameter.
            ''         | {"userId": {"a": 1}}                               | Invalid value at 'session'.
            ''         | {"userId": "a"                                    | Unable to parse the body as JSON.
            ''         | 7                                                 | Unexpected value at 'session'
            """)
    void create_ofWhatTheServiceDoesNotKnow_isRefused(String query, String body, String reason) throws Exception {
        HttpResponse<String> refused = send("POST", "/v1/" + ENGINE + "/sessions" + query, body);

        JsonNode error = JSON.readTree(refused.body()).get("error");
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(error.get("status").asText()).isEqualTo("INVALID_ARGUMENT");
        assertThat(error.get("message").asText())
                .startsWith("Invalid JSON payload received. ")
                .contains(reason);
        assertThat(engine.sessionCount(ENGINE)).isZero();
    }

    @Test
    void append_withUnknownNamesInside_namesEachPlace() throws Exception {
        HttpResponse<String> refused = send("POST", "/v1beta1/" + ENGINE + "/sessions/s-1:appendEvent", """
                {"author": "a", "content": {"parts": [{"text": "t"}, {"txt": "t"}], "rule": "x"}, "rawEvent": {"any": 1}}""");

        JsonNode violations = JSON.readTree(refused.body()).at("/error/details/0/fieldViolations");
        assertThat(violations)
                .extracting(violation -> violation.get("field").asText())
                .containsExactly("event.content.parts[1]", "event.content");
        assertThat(engine.calls("AppendEvent")).isZero();
    }

    @Test
    void request_thatIsTooLarge_isRefused() throws Exception {
        HttpResponse<String> refused =
                send("POST", "/v1/" + ENGINE + "/sessions", "{\"userId\": \"" + "a".repeat(10_000) + "\"}");

        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.body()).contains("exceeds the limit: 10000 bytes");
    }

    @ParameterizedTest
    @CsvSource({"GET,/", "GET,/v2/" + ENGINE + "/sessions", "PUT,/v1/" + ENGINE + "/sessions/s-1"})
    void request_thatNoRuleHas_isNoError_ofTheApi(String verb, String path) throws Exception {
        HttpResponse<String> answer = send(verb, path, "");

        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(answer.headers().firstValue("Content-Type"))
                .hasValueSatisfying(type -> assertThat(type).startsWith("text/html"));
    }

    @ParameterizedTest
    @CsvSource({
        "RESOURCE_EXHAUSTED,429",
        "UNAVAILABLE,503",
        "PERMISSION_DENIED,403",
        "UNAUTHENTICATED,401",
        "INTERNAL,500",
        "ABORTED,409",
        "DEADLINE_EXCEEDED,504"
    })
    void fault_isAnsweredWithItsCode(Status.Code code, int httpCode) throws Exception {
        engine.faults().on("GetSession").failBefore(code.toStatus());

        HttpResponse<String> failed = send("GET", "/v1/" + ENGINE + "/sessions/s-1", "");

        assertThat(failed.statusCode()).isEqualTo(httpCode);
        assertThat(JSON.readTree(failed.body()).at("/error/status").asText()).isEqualTo(code.name());
        assertThat(engine.calls("GetSession")).isEqualTo(1);
    }

    @Test
    void start_onAPortInUse_leavesNothingRunning() throws IOException {
        int port = URI.create(engine.restEndpoint()).getPort();
        int grpcPort;
        try (var free = new ServerSocket(0)) {
            grpcPort = free.getLocalPort();
        }

        assertThat(catchThrowable(() ->
                        FakeAgentEngine.builder().port(grpcPort).restPort(port).start()))
                .hasMessageContaining("cannot listen on 127.0.0.1:" + port);

        FakeAgentEngine.builder().port(grpcPort).start().close();
    }

    @Test
    void restEndpoint_withoutRest_saysHowToGetOne() {
        try (FakeAgentEngine withoutRest = FakeAgentEngine.builder().start()) {
            assertThatIllegalStateException()
                    .isThrownBy(withoutRest::restEndpoint)
                    .withMessageContaining("restPort");
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> FakeAgentEngine.builder().restPort(-1))
                .withMessageContaining("restPort");
    }

    private JsonNode created(String version, String id, String session) throws Exception {
        return ok(send("POST", "/" + version + "/" + ENGINE + "/sessions?sessionId=" + id, session));
    }

    private JsonNode get(String path) throws Exception {
        return ok(send("GET", path, ""));
    }

    private static JsonNode ok(HttpResponse<String> answer) throws IOException {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return JSON.readTree(answer.body());
    }

    private HttpResponse<String> send(String verb, String path, String body) throws Exception {
        return client.send(
                HttpRequest.newBuilder(URI.create(engine.restEndpoint() + path))
                        .method(verb, BodyPublishers.ofString(body))
                        .build(),
                BodyHandlers.ofString());
    }
}
