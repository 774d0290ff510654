package io.github.sessionferry.testkit.agentengine;

import com.google.cloud.aiplatform.v1.AppendEventRequest;
import com.google.cloud.aiplatform.v1.CreateSessionRequest;
import com.google.cloud.aiplatform.v1.ListSessionsResponse;
import com.google.cloud.aiplatform.v1.Session;
import com.google.cloud.aiplatform.v1.UpdateSessionRequest;
import com.google.longrunning.Operation;
import com.google.protobuf.Any;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.github.sessionferry.testkit.agentengine.Recording.Exchange;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Finds the shared state that stood before the recording began: what its answers show that it had not written itself.
 * Messages of both versions are read as those of v1, which are the same on the wire. Not thread-safe.
 */
final class BeforeRecording {
    private final Set<Key> written = new HashSet<>();
    private final Map<String, String> userBySession = new HashMap<>();
    private final List<Seed> seeds = new ArrayList<>();

    record Seed(String engine, String userId, Struct state) {}

    private record Key(String engine, String scope, String key) {}

    static List<Seed> of(List<Exchange> exchanges) {
        BeforeRecording before = new BeforeRecording();
        exchanges.forEach(before::follow);
        return before.seeds;
    }

    private void follow(Exchange exchange) {
        if (exchange.error().isPresent()) {
            return;
        }
        Any request = exchange.request();
        Optional<Any> response = exchange.response();
        switch (exchange.method()) {
            case "CreateSession" -> {
                CreateSessionRequest create = Protos.unpack(request, CreateSessionRequest.getDefaultInstance());
                String userId = create.getSession().getUserId();
                write(create.getParent(), userId, create.getSession().getSessionState());
                response.map(any -> Protos.unpack(any, Operation.getDefaultInstance()))
                        .map(operation -> operation.getName().replaceAll("/operations/.*", ""))
                        .ifPresent(name -> userBySession.put(sessionKey(name), userId));
            }
            case "AppendEvent" -> {
                AppendEventRequest append = Protos.unpack(request, AppendEventRequest.getDefaultInstance());
                write(append.getName(), append.getEvent().getActions().getStateDelta());
            }
            case "UpdateSession" -> {
                Session update = Protos.unpack(request, UpdateSessionRequest.getDefaultInstance())
                        .getSession();
                write(update.getName(), update.getSessionState());
                response.ifPresent(any -> show(update.getName(), Protos.unpack(any, Session.getDefaultInstance())));
            }
            case "GetSession" ->
                response.ifPresent(any -> {
                    Session session = Protos.unpack(any, Session.getDefaultInstance());
                    show(session.getName(), session);
                });
            case "ListSessions" ->
                response.ifPresent(any -> Protos.unpack(any, ListSessionsResponse.getDefaultInstance())
                        .getSessionsList()
                        .forEach(session -> show(session.getName(), session)));
            default -> {}
        }
    }

    private void write(String session, Struct delta) {
        write(session, userBySession.getOrDefault(sessionKey(session), ""), delta);
    }

    private void write(String resource, String userId, Struct delta) {
        delta.getFieldsMap().keySet().forEach(key -> written.add(keyOf(resource, userId, key)));
    }

    private void show(String resource, Session session) {
        userBySession.put(sessionKey(resource), session.getUserId());
        session.getSessionState()
                .getFieldsMap()
                .forEach((key, value) -> show(resource, session.getUserId(), key, value));
    }

    private void show(String resource, String userId, String key, Value value) {
        boolean shared = key.startsWith(SharedState.APP_PREFIX) || key.startsWith(SharedState.USER_PREFIX);
        if (shared && written.add(keyOf(resource, userId, key))) {
            seeds.add(new Seed(
                    engineIn(resource),
                    userId,
                    Struct.newBuilder().putFields(key, value).build()));
        }
    }

    private static Key keyOf(String resource, String userId, String key) {
        return new Key(engineIn(resource), key.startsWith(SharedState.USER_PREFIX) ? userId : "", key);
    }

    /** Without the project, which requests and answers write differently. */
    private static String engineIn(String resource) {
        return resource.replaceAll("^projects/[^/]+/|/sessions/.*$", "");
    }

    private static String sessionKey(String name) {
        return name.replaceAll("^projects/[^/]+/", "");
    }
}
