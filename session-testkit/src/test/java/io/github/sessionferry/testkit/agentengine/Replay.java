package io.github.sessionferry.testkit.agentengine;

import com.google.longrunning.GetOperationRequest;
import com.google.longrunning.Operation;
import com.google.longrunning.OperationsGrpc;
import com.google.protobuf.Any;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import com.google.rpc.Code;
import com.google.rpc.DebugInfo;
import com.google.rpc.Status;
import io.github.sessionferry.testkit.agentengine.Recording.Exchange;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.ClientCalls;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Sends the requests of a recording to a fresh {@link FakeAgentEngine} and compares its answers with the recorded. */
final class Replay {
    /** Failures of the recorded server itself, which no state brings about: the fake is told to fail the same way. */
    private static final Set<Integer> TRANSIENT = Set.of(
            Code.UNKNOWN_VALUE,
            Code.DEADLINE_EXCEEDED_VALUE,
            Code.RESOURCE_EXHAUSTED_VALUE,
            Code.ABORTED_VALUE,
            Code.INTERNAL_VALUE,
            Code.UNAVAILABLE_VALUE);

    private static final Set<String> TRANSLATED = Set.of("name", "parent", "session_id", "page_token", "filter");

    private final List<Exchange> exchanges;
    private final FakeAgentEngine engine;
    private final Channel channel;
    private final Correspondence correspondence = new Correspondence();
    private final Comparison comparison = new Comparison(correspondence);

    private Replay(List<Exchange> exchanges, FakeAgentEngine engine, Channel channel) {
        this.exchanges = exchanges;
        this.engine = engine;
        this.channel = channel;
    }

    /** Returns how the answers differ from the recorded ones; empty if they are equal. */
    static List<String> differences(Recording recording) {
        List<String> differences = List.of();
        for (List<Exchange> order : recording.orders()) {
            differences = differences(order);
            if (differences.isEmpty()) {
                return differences;
            }
        }
        return differences;
    }

    private static List<String> differences(List<Exchange> exchanges) {
        try (FakeAgentEngine engine = FakeAgentEngine.builder().start()) {
            ManagedChannel channel = Grpc.newChannelBuilder(engine.endpoint(), InsecureChannelCredentials.create())
                    .build();
            try {
                return new Replay(exchanges, engine, channel).run();
            } finally {
                channel.shutdownNow();
            }
        }
    }

    private List<String> run() {
        if (!exchanges.isEmpty()) {
            BeforeRecording.of(exchanges)
                    .forEach(seed -> engine.seedSharedState(project() + seed.engine(), seed.userId(), seed.state()));
        }
        exchanges.stream()
                .filter(exchange -> !(exchange.isCancelled() && exchange.isRead()))
                .forEach(this::replay);
        return comparison.differences();
    }

    private String project() {
        return Stream.of("parent", "name", "session")
                .map(field -> firstRequest().getDescriptorForType().findFieldByName(field))
                .filter(Objects::nonNull)
                .map(field -> firstRequest().getField(field))
                .map(value -> value instanceof DynamicMessage session
                        ? session.getField(session.getDescriptorForType().findFieldByName("name"))
                        : value)
                .map(name -> name.toString().replaceAll("^(projects/[^/]+/).*$", "$1"))
                .findFirst()
                .orElseThrow();
    }

    private DynamicMessage firstRequest() {
        return Protos.unpack(exchanges.get(0).request());
    }

    private void replay(Exchange exchange) {
        String path = "line " + exchange.line() + " " + exchange.method();
        if (exchange.method().equals("CreateSession") && exchange.response().isPresent()) {
            engine.setOperations(modeOf(exchange));
        }
        exchange.error()
                .filter(status -> TRANSIENT.contains(status.getCode()))
                .map(StatusProto::toStatusRuntimeException)
                .ifPresent(
                        error -> engine.faults().on(exchange.method()).times(1).failBefore(error));
        try {
            Any response = call(exchange);
            if (exchange.response().isPresent()) {
                comparison.compare(path, exchange.response().get(), response);
            } else if (!exchange.isCancelled()) {
                comparison.difference(path, exchange.error().orElseThrow(), response);
            }
        } catch (StatusRuntimeException e) {
            Status replayed = withoutDebugInfo(StatusProto.fromThrowable(e));
            if (exchange.error().isEmpty()) {
                comparison.difference(path, exchange.response(), replayed);
            } else if (!exchange.isCancelled()) {
                Status recorded = withoutDebugInfo(exchange.error().get());
                comparison.compare(path, Any.pack(recorded), Any.pack(replayed));
            }
        }
    }

    private static Status withoutDebugInfo(Status status) {
        List<Any> details = status.getDetailsList().stream()
                .filter(detail -> !detail.is(DebugInfo.class))
                .toList();
        return status.toBuilder().clearDetails().addAllDetails(details).build();
    }

    /** Counts the futile looks at the session until the recording first finds it. */
    private OperationMode modeOf(Exchange create) {
        Operation operation = Protos.unpack(create.response().orElseThrow(), Operation.getDefaultInstance());
        if (operation.getDone()) {
            return OperationMode.DONE_AT_ONCE;
        }
        String session = withoutProject(operation.getName().replaceAll("/operations/.*", ""));
        int looks = 0;
        for (Exchange exchange : exchanges.subList(exchanges.indexOf(create) + 1, exchanges.size())) {
            if (!namedIn(exchange).startsWith(session) || exchange.isCancelled()) {
                continue;
            }
            if (isFutileLook(exchange)) {
                looks++;
            } else if (exchange.error().isEmpty()) {
                break;
            }
        }
        return OperationMode.readableAfter(looks);
    }

    private static boolean isFutileLook(Exchange exchange) {
        return switch (exchange.method()) {
            case "GetSession" -> exchange.failedWith(Code.NOT_FOUND_VALUE);
            case "GetOperation" -> !isDone(exchange);
            default -> false;
        };
    }

    private static boolean isDone(Exchange exchange) {
        return exchange.response()
                .map(any -> Protos.unpack(any, Operation.getDefaultInstance()).getDone())
                .orElse(false);
    }

    /** The name or parent, which all of these requests have as their first field. */
    private static String namedIn(Exchange exchange) {
        return exchange.method().equals("UpdateSession")
                ? ""
                : withoutProject(Protos.unpack(exchange.request(), GetOperationRequest.getDefaultInstance())
                        .getName());
    }

    private static String withoutProject(String name) {
        return name.replaceAll("^projects/[^/]+/", "");
    }

    private Any call(Exchange exchange) {
        DynamicMessage request = translated(Protos.unpack(exchange.request()));
        MethodDescriptor<Message, Message> method = method(exchange);
        Message typed = method.parseRequest(request.toByteString().newInput());
        return Any.pack(ClientCalls.blockingUnaryCall(
                channel, method, CallOptions.DEFAULT.withDeadlineAfter(30, TimeUnit.SECONDS), typed));
    }

    @SuppressWarnings("unchecked")
    private static MethodDescriptor<Message, Message> method(Exchange exchange) {
        String requestType = exchange.request().getTypeUrl();
        return Stream.of(
                        com.google.cloud.aiplatform.v1.SessionServiceGrpc.getServiceDescriptor(),
                        com.google.cloud.aiplatform.v1beta1.SessionServiceGrpc.getServiceDescriptor(),
                        OperationsGrpc.getServiceDescriptor())
                .filter(service -> requestType
                        .substring(0, requestType.lastIndexOf('.'))
                        .endsWith("/"
                                + service.getName()
                                        .substring(0, service.getName().lastIndexOf('.'))))
                .flatMap(service -> service.getMethods().stream())
                .filter(method -> exchange.method().equals(method.getBareMethodName()))
                .map(method -> (MethodDescriptor<Message, Message>) method)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("unknown method " + exchange.method()));
    }

    private DynamicMessage translated(DynamicMessage request) {
        DynamicMessage.Builder translated = request.toBuilder();
        request.getAllFields().forEach((field, value) -> {
            if (field.isRepeated()) {
                return;
            }
            if (field.getJavaType() == JavaType.MESSAGE) {
                translated.setField(field, translatedMessage((DynamicMessage) value));
            } else if (isTranslated(field)) {
                translated.setField(field, correspondence.request((String) value));
            }
        });
        return translated.build();
    }

    private Message translatedMessage(DynamicMessage value) {
        if (!value.getDescriptorForType()
                .getFullName()
                .equals(Timestamp.getDescriptor().getFullName())) {
            return translated(value);
        }
        try {
            return correspondence.request(Timestamp.parseFrom(value.toByteString()));
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException(e);
        }
    }

    private static boolean isTranslated(FieldDescriptor field) {
        String type = field.getContainingType().getName();
        return TRANSLATED.contains(field.getName()) && (type.endsWith("Request") || type.equals("Session"));
    }
}
