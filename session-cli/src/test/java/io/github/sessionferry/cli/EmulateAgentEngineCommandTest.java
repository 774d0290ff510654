package io.github.sessionferry.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.cloud.aiplatform.v1.GetSessionRequest;
import com.google.cloud.aiplatform.v1.SessionServiceGrpc;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class EmulateAgentEngineCommandTest {

    @Test
    void emulator_asItsOwnProcess_answersUntilItIsToldToStop() throws Exception {
        Process emulator = ChildJvm.start("emulate", "agent-engine", "--json");
        try (BufferedReader out = emulator.inputReader(StandardCharsets.UTF_8)) {
            JsonNode ready = new ObjectMapper().readTree(out.readLine());

            assertThat(ready.get("command").asText()).isEqualTo("emulate agent-engine");
            assertThat(ready.get("uri").asText())
                    .startsWith("agentengine://projects/")
                    .contains("endpoint=" + ready.get("endpoint").asText());
            assertThat(codeOfGet(ready.get("endpoint").asText())).isEqualTo(Status.Code.NOT_FOUND);

            emulator.toHandle().destroy();

            assertThat(out.readLine()).isNull();
            assertThat(emulator.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(emulator.exitValue()).isZero();
        } finally {
            emulator.destroyForcibly();
        }
    }

    @Test
    void emulator_whenReady_saysItInOneLine() throws Exception {
        Process emulator = ChildJvm.start("emulate", "agent-engine", "--port", "0");
        try (BufferedReader out = emulator.inputReader(StandardCharsets.UTF_8)) {
            String ready = out.readLine();

            assertThat(ready).matches("Agent Engine emulator ready at 127\\.0\\.0\\.1:\\d+ as 'agentengine://\\S+'");

            emulator.toHandle().destroy();

            assertThat(out.readLine()).isNull();
        } finally {
            emulator.destroyForcibly();
        }
    }

    @Test
    void emulator_askedForRest_servesItToo() throws Exception {
        Process emulator = ChildJvm.start("emulate", "agent-engine", "--rest-port", "0", "--json");
        try (BufferedReader out = emulator.inputReader(StandardCharsets.UTF_8)) {
            JsonNode ready = new ObjectMapper().readTree(out.readLine());

            URI sessions = URI.create(
                    ready.get("restEndpoint").asText() + "/v1/" + EmulateAgentEngineCommand.ENGINE + "/sessions");
            HttpResponse<String> answer = HttpClient.newHttpClient()
                    .send(HttpRequest.newBuilder(sessions).build(), HttpResponse.BodyHandlers.ofString());

            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(new ObjectMapper().readTree(answer.body())).isEmpty();
        } finally {
            emulator.destroyForcibly();
        }
    }

    @Test
    void emulator_onAPortInUse_fails() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Run run = Run.of("emulate", "agent-engine", "--port", String.valueOf(taken.getLocalPort()));

            assertThat(run.exitCode()).isEqualTo(1);
            assertThat(run.err().lines())
                    .singleElement(InstanceOfAssertFactories.STRING)
                    .startsWith("error: cannot listen on 127.0.0.1:" + taken.getLocalPort());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "65536", "http"})
    void emulator_onAPortThatIsNone_isAWrongUsage(String port) {
        assertThat(Run.of("emulate", "agent-engine", "--port", port).exitCode()).isEqualTo(2);
        assertThat(Run.of("emulate", "agent-engine", "--rest-port", port).exitCode())
                .isEqualTo(2);
    }

    private static Status.Code codeOfGet(String endpoint) {
        ManagedChannel channel =
                ManagedChannelBuilder.forTarget(endpoint).usePlaintext().build();
        try {
            SessionServiceGrpc.newBlockingStub(channel)
                    .withDeadlineAfter(20, TimeUnit.SECONDS)
                    .getSession(GetSessionRequest.newBuilder()
                            .setName(EmulateAgentEngineCommand.ENGINE + "/sessions/none")
                            .build());
            return Status.Code.OK;
        } catch (StatusRuntimeException e) {
            return e.getStatus().getCode();
        } finally {
            channel.shutdownNow();
        }
    }
}
