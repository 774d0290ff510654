package io.github.sessionferry.testkit.agentengine;

import com.google.cloud.aiplatform.v1.SessionServiceGrpc;
import com.google.longrunning.OperationsGrpc;
import com.google.protobuf.Message;
import com.google.rpc.Code;
import com.google.rpc.Status;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.grpc.CallOptions;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.ClientCalls;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The REST face of the gRPC server, on the loopback interface: maps requests as the API's own HTTP rules say and calls the
 * gRPC server, whose faults, quotas and counts are therefore the same for both. Thread-safe.
 *
 * @see <a href="https://cloud.google.com/apis/design/errors#http_mapping">The form of errors in HTTP</a>
 */
final class RestServer implements AutoCloseable {

    private static final long SECONDS_FOR_A_CALL = 60;

    private static final List<RestRule> RULES = Stream.of(
                    RestRule.of(SessionServiceGrpc.getServiceDescriptor()),
                    RestRule.of(com.google.cloud.aiplatform.v1beta1.SessionServiceGrpc.getServiceDescriptor()),
                    RestRule.ofOperations(OperationsGrpc.getGetOperationMethod(), "GET", ""),
                    RestRule.ofOperations(OperationsGrpc.getWaitOperationMethod(), "POST", ":wait"))
            .flatMap(List::stream)
            .toList();

    private final int maxRequestBytes;
    private final ManagedChannel channel;
    private final ExecutorService threads;
    private final HttpServer server;

    private RestServer(int port, int maxRequestBytes, String grpcEndpoint) throws IOException {
        this.maxRequestBytes = maxRequestBytes;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        channel = Grpc.newChannelBuilder(grpcEndpoint, InsecureChannelCredentials.create())
                .maxInboundMessageSize(Integer.MAX_VALUE)
                .build();
        threads = Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, "agent-engine-rest");
            thread.setDaemon(true);
            return thread;
        });
        server.setExecutor(threads);
        server.createContext("/", this::serve);
    }

    /** @throws UncheckedIOException if the port cannot be listened on */
    static RestServer start(int port, int maxRequestBytes, String grpcEndpoint) {
        try {
            RestServer rest = new RestServer(port, maxRequestBytes, grpcEndpoint);
            rest.server.start();
            return rest;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot listen on 127.0.0.1:" + port + "; choose another port", e);
        }
    }

    String endpoint() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    private void serve(HttpExchange exchange) throws IOException {
        try (exchange) {
            Optional<RestRule.Match> match = RULES.stream()
                    .flatMap(rule ->
                            rule
                                    .match(
                                            exchange.getRequestMethod(),
                                            exchange.getRequestURI().getRawPath())
                                    .stream())
                    .findFirst();
            if (match.isEmpty()) {
                send(
                        exchange,
                        404,
                        "text/html; charset=UTF-8",
                        "<!DOCTYPE html>\n<title>Error 404 (Not Found)</title>\n");
                return;
            }
            try {
                Message request = match.get().request(exchange.getRequestURI().getRawQuery(), body(exchange));
                sendJson(exchange, 200, RestJson.write(call(match.get().rule(), request)));
            } catch (RpcException e) {
                sendError(exchange, e.status());
            } catch (StatusRuntimeException e) {
                sendError(exchange, StatusProto.fromThrowable(e));
            }
        }
    }

    private Message call(RestRule rule, Message request) {
        return ClientCalls.blockingUnaryCall(
                channel,
                rule.method(),
                CallOptions.DEFAULT.withDeadlineAfter(SECONDS_FOR_A_CALL, TimeUnit.SECONDS),
                request);
    }

    private String body(HttpExchange exchange) throws IOException {
        try (InputStream in = exchange.getRequestBody()) {
            byte[] bytes = in.readNBytes(maxRequestBytes);
            if (in.read() >= 0) {
                throw RpcException.invalidArgument(
                        "Request payload size exceeds the limit: " + maxRequestBytes + " bytes.");
            }
            return new String(bytes, StandardCharsets.UTF_8);
        }
    }

    private static void sendError(HttpExchange exchange, Status status) throws IOException {
        sendJson(exchange, httpCode(status.getCode()), RestJson.writeError(status, httpCode(status.getCode())));
    }

    private static int httpCode(int code) {
        return switch (Optional.ofNullable(Code.forNumber(code)).orElse(Code.UNKNOWN)) {
            case OK -> 200;
            case INVALID_ARGUMENT, FAILED_PRECONDITION, OUT_OF_RANGE -> 400;
            case UNAUTHENTICATED -> 401;
            case PERMISSION_DENIED -> 403;
            case NOT_FOUND -> 404;
            case ALREADY_EXISTS, ABORTED -> 409;
            case RESOURCE_EXHAUSTED -> 429;
            case CANCELLED -> 499;
            case UNIMPLEMENTED -> 501;
            case UNAVAILABLE -> 503;
            case DEADLINE_EXCEEDED -> 504;
            default -> 500;
        };
    }

    private static void sendJson(HttpExchange exchange, int code, String json) throws IOException {
        send(exchange, code, "application/json; charset=UTF-8", json);
    }

    private static void send(HttpExchange exchange, int code, String type, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", type);
        exchange.sendResponseHeaders(code, bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    @Override
    public void close() {
        server.stop(0);
        channel.shutdownNow();
        threads.shutdownNow();
    }
}
