package io.github.sessionferry.cli;

import com.google.cloud.aiplatform.v1.ListEventsRequest;
import com.google.cloud.aiplatform.v1.ListEventsResponse;
import com.google.cloud.aiplatform.v1.ListSessionsRequest;
import com.google.cloud.aiplatform.v1.ListSessionsResponse;
import com.google.cloud.aiplatform.v1.Session;
import com.google.cloud.aiplatform.v1.SessionEvent;
import com.google.cloud.aiplatform.v1.SessionServiceGrpc;
import com.google.cloud.aiplatform.v1.SessionServiceGrpc.SessionServiceBlockingStub;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The events that an Agent Engine holds, as other clients see them: doubled ones too, which our own store would hide. */
final class RawEvents {

    private static final int PAGE = 100;

    private RawEvents() {}

    /** What each event was in the source, by the name of its session. */
    static Map<String, List<String>> bySession(String endpoint) {
        ManagedChannel channel =
                ManagedChannelBuilder.forTarget(endpoint).usePlaintext().build();
        try {
            SessionServiceBlockingStub engine = SessionServiceGrpc.newBlockingStub(channel);
            Map<String, List<String>> events = new TreeMap<>();
            for (String page = ""; ; ) {
                ListSessionsResponse sessions = engine.listSessions(ListSessionsRequest.newBuilder()
                        .setParent(EmulateAgentEngineCommand.ENGINE)
                        .setPageSize(PAGE)
                        .setPageToken(page)
                        .build());
                for (Session session : sessions.getSessionsList()) {
                    if (!holdsSharedState(session)) {
                        events.put(session.getName(), events(engine, session.getName()));
                    }
                }
                page = sessions.getNextPageToken();
                if (page.isEmpty()) {
                    return events;
                }
            }
        } finally {
            channel.shutdownNow();
        }
    }

    /** A session that is there for shared state alone, as the page on Agent Engine says. */
    private static boolean holdsSharedState(Session session) {
        return session.getLabelsOrDefault("sf-kind", "").equals("scratch");
    }

    private static List<String> events(SessionServiceBlockingStub engine, String session) {
        List<String> events = new ArrayList<>();
        for (String page = ""; ; ) {
            ListEventsResponse response = engine.listEvents(ListEventsRequest.newBuilder()
                    .setParent(session)
                    .setPageSize(PAGE)
                    .setPageToken(page)
                    .build());
            response.getSessionEventsList().forEach(event -> events.add(identity(event)));
            page = response.getNextPageToken();
            if (page.isEmpty()) {
                return events;
            }
        }
    }

    /** Everything of an event but the name that the engine has given it. */
    private static String identity(SessionEvent event) {
        return event.toBuilder().clearName().build().toString();
    }
}
