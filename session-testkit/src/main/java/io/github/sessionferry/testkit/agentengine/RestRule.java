package io.github.sessionferry.testkit.agentengine;

import com.google.api.AnnotationsProto;
import com.google.api.HttpRule;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.PrototypeMarshaller;
import io.grpc.ServiceDescriptor;
import io.grpc.protobuf.ProtoMethodDescriptorSupplier;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One way to call a method by HTTP, as the API's definition says it. Immutable.
 *
 * @param verb of HTTP
 * @param path what paths look like; its one group is the value of the field
 * @param field the path of the field of the request that the path holds
 * @param body the field of the request that the body holds; empty if there is none
 * @param method what is called
 * @see <a href="https://github.com/googleapis/googleapis/blob/master/google/api/http.proto">HttpRule</a>
 */
record RestRule(String verb, Pattern path, String field, String body, MethodDescriptor<Message, Message> method) {

    private static final Pattern TEMPLATE = Pattern.compile("(.*)\\{([^=]+)=([^}]+)\\}(.*)");

    /** Parameters that every method of Google's APIs takes, and that say nothing about the request. */
    private static final Set<String> OF_ALL_METHODS = Set.of(
            "$.xgafv",
            "$alt",
            "$prettyPrint",
            "access_token",
            "alt",
            "callback",
            "fields",
            "key",
            "oauth_token",
            "prettyPrint",
            "quotaUser",
            "uploadType",
            "upload_protocol");

    static List<RestRule> of(ServiceDescriptor service) {
        return service.getMethods().stream()
                .flatMap(method -> {
                    HttpRule rule = schema(method).getOptions().getExtension(AnnotationsProto.http);
                    return Stream.concat(Stream.of(rule), rule.getAdditionalBindingsList().stream())
                            .map(binding -> of(method, binding));
                })
                .toList();
    }

    /** Operations have names of this service's own, in both versions. */
    static List<RestRule> ofOperations(MethodDescriptor<?, ?> method, String verb, String suffix) {
        return Stream.of("v1", "v1beta1")
                .flatMap(version -> Stream.of(
                                "projects/*/locations/*/operations/*",
                                "projects/*/locations/*/reasoningEngines/*/operations/*",
                                "projects/*/locations/*/reasoningEngines/*/sessions/*/operations/*")
                        .map(name -> of(method, verb, "/" + version + "/{name=" + name + "}" + suffix, "")))
                .toList();
    }

    private static com.google.protobuf.Descriptors.MethodDescriptor schema(MethodDescriptor<?, ?> method) {
        return ((ProtoMethodDescriptorSupplier) Objects.requireNonNull(method.getSchemaDescriptor()))
                .getMethodDescriptor();
    }

    private static RestRule of(MethodDescriptor<?, ?> method, HttpRule rule) {
        return switch (rule.getPatternCase()) {
            case GET -> of(method, "GET", rule.getGet(), rule.getBody());
            case POST -> of(method, "POST", rule.getPost(), rule.getBody());
            case PATCH -> of(method, "PATCH", rule.getPatch(), rule.getBody());
            case DELETE -> of(method, "DELETE", rule.getDelete(), rule.getBody());
            default -> throw new IllegalArgumentException("no rule of a method here has " + rule.getPatternCase());
        };
    }

    private static RestRule of(MethodDescriptor<?, ?> method, String verb, String template, String body) {
        Matcher parts = TEMPLATE.matcher(template);
        if (!parts.matches()) {
            throw new IllegalArgumentException("not a template with one variable: " + template);
        }
        String value = Pattern.quote(parts.group(3)).replace("*", "\\E[^/]+\\Q");
        Pattern path =
                Pattern.compile(Pattern.quote(parts.group(1)) + "(" + value + ")" + Pattern.quote(parts.group(4)));
        @SuppressWarnings("unchecked")
        MethodDescriptor<Message, Message> ofMessages = (MethodDescriptor<Message, Message>) method;
        return new RestRule(verb, path, parts.group(2), body, ofMessages);
    }

    /** Whether this is the rule of a request. */
    Optional<Match> match(String requestVerb, String requestPath) {
        Matcher parts = path.matcher(requestPath);
        return requestVerb.equals(verb) && parts.matches()
                ? Optional.of(new Match(this, decoded(parts.group(1).replace("+", "%2B"))))
                : Optional.empty();
    }

    /** A request's rule, and the value of the field that its path holds. */
    record Match(RestRule rule, String value) {

        /** @throws RpcException if a parameter, or a name in the body, is unknown, or a value has another type */
        Message request(@Nullable String query, String bodyText) {
            Message.Builder request = ((PrototypeMarshaller<Message>) rule.method.getRequestMarshaller())
                    .getMessagePrototype()
                    .newBuilderForType();
            for (String parameter : parameters(query)) {
                int end = (parameter + "=").indexOf('=');
                String name = decoded(parameter.substring(0, end));
                if (!OF_ALL_METHODS.contains(name)) {
                    set(request, name, decoded(parameter.substring(Math.min(end + 1, parameter.length()))));
                }
            }
            if (!rule.body.isEmpty()) {
                FieldDescriptor held = request.getDescriptorForType().findFieldByName(rule.body);
                RestJson.read(bodyText, held.getName(), request.getFieldBuilder(held));
            }
            set(request, rule.field, value);
            return request.build();
        }

        private static List<String> parameters(@Nullable String query) {
            return query == null || query.isEmpty() ? List.of() : List.of(query.split("&", -1));
        }

        private static void set(Message.Builder request, String name, String value) {
            List<String> path = new ArrayList<>(List.of(name.split("\\.", -1)));
            String last = path.remove(path.size() - 1);
            Message.Builder holder = request;
            for (String step : path) {
                holder = holder.getFieldBuilder(RestJson.field(holder.getDescriptorForType(), step)
                        .filter(field -> field.getJavaType() == FieldDescriptor.JavaType.MESSAGE && !field.isRepeated())
                        .orElseThrow(() -> unknown(name)));
            }
            FieldDescriptor field =
                    RestJson.field(holder.getDescriptorForType(), last).orElseThrow(() -> unknown(name));
            RestJson.setText(holder, field, name, value);
        }

        private static RpcException unknown(String name) {
            return RestJson.unknownName(
                    name,
                    "",
                    "Cannot bind query parameter. Field '" + name + "' could not be found in request message.");
        }
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }
}
