package io.github.sessionferry.testkit.agentengine;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.longrunning.OperationsProto;
import com.google.protobuf.Any;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Empty;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.TypeRegistry;
import com.google.protobuf.util.JsonFormat;
import com.google.rpc.BadRequest.FieldViolation;
import com.google.rpc.Code;
import com.google.rpc.ErrorDetailsProto;
import com.google.rpc.Status;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Messages as the REST face reads and writes them: names that it does not know are refused, and a whole number is written
 * without a fraction, also where the message holds a double. Thread-safe: static methods only.
 */
final class RestJson {

    private static final double LARGEST_WHOLE = 1L << 53;
    private static final ObjectMapper MAPPER = JsonMapper.builder().build();
    private static final TypeRegistry TYPES = TypeRegistry.newBuilder()
            .add(com.google.cloud.aiplatform.v1.SessionServiceProto.getDescriptor()
                    .getMessageTypes())
            .add(com.google.cloud.aiplatform.v1.SessionProto.getDescriptor().getMessageTypes())
            .add(com.google.cloud.aiplatform.v1.OperationProto.getDescriptor().getMessageTypes())
            .add(com.google.cloud.aiplatform.v1beta1.SessionServiceProto.getDescriptor()
                    .getMessageTypes())
            .add(com.google.cloud.aiplatform.v1beta1.SessionProto.getDescriptor()
                    .getMessageTypes())
            .add(com.google.cloud.aiplatform.v1beta1.OperationProto.getDescriptor()
                    .getMessageTypes())
            .add(OperationsProto.getDescriptor().getMessageTypes())
            .add(ErrorDetailsProto.getDescriptor().getMessageTypes())
            .add(Empty.getDescriptor())
            .build();
    private static final JsonFormat.Printer PRINTER = JsonFormat.printer().usingTypeRegistry(TYPES);
    private static final JsonFormat.Parser PARSER = JsonFormat.parser().usingTypeRegistry(TYPES);

    private RestJson() {}

    /** A field by its name in JSON or in the definition. */
    static Optional<FieldDescriptor> field(Descriptor type, String name) {
        return type.getFields().stream()
                .filter(field ->
                        field.getJsonName().equals(name) || field.getName().equals(name))
                .findFirst();
    }

    /**
     * Reads the body of a request.
     *
     * @param place what errors call the message
     * @throws RpcException if it is no such message
     */
    static void read(String text, String place, Message.Builder message) {
        try {
            JsonNode body = MAPPER.readTree(text);
            if (!body.isObject()) {
                throw invalid("Unexpected value at '" + place + "': an object is expected.");
            }
            List<FieldViolation> unknown = new ArrayList<>();
            findUnknown(body, place, message.getDescriptorForType(), unknown);
            if (!unknown.isEmpty()) {
                throw unknown(unknown);
            }
            PARSER.merge(text, message);
        } catch (JsonProcessingException e) {
            throw invalid("Unable to parse the body as JSON.");
        } catch (InvalidProtocolBufferException e) {
            throw invalid("Invalid value at '" + place + "'.");
        }
    }

    private static void findUnknown(JsonNode message, String place, Descriptor type, List<FieldViolation> unknown) {
        for (Map.Entry<String, JsonNode> entry : message.properties()) {
            Optional<FieldDescriptor> field = field(type, entry.getKey());
            if (field.isEmpty()) {
                unknown.add(violation(entry.getKey(), place, "Cannot find field."));
            } else if (field.get().getJavaType() == FieldDescriptor.JavaType.MESSAGE
                    && !field.get().isMapField()
                    && !hasFormOfItsOwn(field.get().getMessageType())) {
                findUnknownIn(entry.getValue(), place + "." + field.get().getName(), field.get(), unknown);
            }
        }
    }

    private static void findUnknownIn(
            JsonNode value, String place, FieldDescriptor field, List<FieldViolation> unknown) {
        if (value.isArray()) {
            for (int i = 0; i < value.size(); i++) {
                findUnknown(value.get(i), place + "[" + i + "]", field.getMessageType(), unknown);
            }
        } else {
            findUnknown(value, place, field.getMessageType(), unknown);
        }
    }

    private static boolean hasFormOfItsOwn(Descriptor type) {
        return type.getFile().getPackage().equals("google.protobuf");
    }

    /** @throws RpcException if the field does not take the text */
    static void setText(Message.Builder message, FieldDescriptor field, String place, String text) {
        try {
            String json = MAPPER.writeValueAsString(Map.of(field.getJsonName(), text));
            PARSER.merge(json, message);
        } catch (JsonProcessingException | InvalidProtocolBufferException e) {
            throw invalid("Invalid value at '" + place + "'.");
        }
    }

    static RpcException unknownName(String name, String place, String why) {
        return unknown(List.of(violation(name, place, why)));
    }

    private static FieldViolation violation(String name, String place, String why) {
        String at = place.isEmpty() ? "" : " at '" + place + "'";
        return FieldViolation.newBuilder()
                .setField(place)
                .setDescription("Invalid JSON payload received. Unknown name \"" + name + "\"" + at + ": " + why)
                .build();
    }

    private static RpcException unknown(List<FieldViolation> violations) {
        return RpcException.invalidRequest(
                String.join(
                        "\n",
                        violations.stream().map(FieldViolation::getDescription).toList()),
                violations);
    }

    private static RpcException invalid(String what) {
        return RpcException.invalidArgument("Invalid JSON payload received. " + what);
    }

    static String write(Message message) {
        try (StringWriter text = new StringWriter();
                JsonParser parser = MAPPER.createParser(PRINTER.print(message));
                JsonGenerator generator = MAPPER.createGenerator(text).useDefaultPrettyPrinter()) {
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                copy(parser, token, generator);
            }
            generator.flush();
            return text.toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void copy(JsonParser parser, JsonToken token, JsonGenerator generator) throws IOException {
        if (token == JsonToken.VALUE_NUMBER_FLOAT) {
            double number = parser.getDoubleValue();
            boolean isWhole = Math.rint(number) == number && Math.abs(number) <= LARGEST_WHOLE;
            if (isWhole && Double.compare(number, -0.0) != 0) {
                generator.writeNumber((long) number);
                return;
            }
        }
        generator.copyCurrentEvent(parser);
    }

    static String writeError(Status status, int httpCode) {
        ObjectNode error = MAPPER.createObjectNode();
        error.put("code", httpCode);
        error.put("message", status.getMessage());
        error.put(
                "status",
                Optional.ofNullable(Code.forNumber(status.getCode()))
                        .orElse(Code.UNKNOWN)
                        .name());
        try {
            for (Any detail : status.getDetailsList()) {
                error.withArray("details").add(MAPPER.readTree(write(detail)));
            }
            return MAPPER.writerWithDefaultPrettyPrinter()
                    .writeValueAsString(MAPPER.createObjectNode().set("error", error));
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }
}
