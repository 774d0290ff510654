package io.github.sessionferry.adk;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.adk.JsonBaseModel;
import com.google.adk.agents.LlmAgent;
import com.google.adk.artifacts.InMemoryArtifactService;
import com.google.adk.events.Event;
import com.google.adk.models.BaseLlm;
import com.google.adk.models.BaseLlmConnection;
import com.google.adk.models.LlmRequest;
import com.google.adk.models.LlmResponse;
import com.google.adk.runner.Runner;
import com.google.auth.oauth2.AccessToken;
import com.google.auth.oauth2.GoogleCredentials;
import com.google.cloud.firestore.FirestoreOptions;
import com.google.genai.types.Content;
import com.google.genai.types.HttpOptions;
import com.google.genai.types.Part;
import io.github.sessionferry.core.EventSelection;
import io.github.sessionferry.core.NewSession;
import io.github.sessionferry.core.Precondition;
import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionEvent;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.firestore.FirestoreSessionService;
import io.github.sessionferry.migration.Reconciler;
import io.github.sessionferry.testkit.InMemorySessionService;
import io.github.sessionferry.testkit.agentengine.FakeAgentEngine;
import io.github.sessionferry.testkit.firestore.FakeFirestore;
import io.github.sessionferry.vertex.VertexAiSessionService;
import io.reactivex.rxjava3.core.Flowable;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** ADK's own runner and ADK's own client. */
@Timeout(120)
class InteroperationTest {

    private static final String ENGINE = "projects/ferry/locations/europe-west1/reasoningEngines/4711";
    private static final Instant TIME = Instant.parse("2026-01-05T10:00:00.123Z");

    @Test
    void runner_overFirestore_keepsTheConversation() {
        try (FakeFirestore fake = FakeFirestore.start();
                SessionService store = FirestoreSessionService.builder(FirestoreOptions.newBuilder()
                                .setProjectId("demo")
                                .setEmulatorHost(fake.endpoint())
                                .build())
                        .build()) {
            talk(store);
        }
    }

    @Test
    void runner_overAgentEngine_keepsTheConversation() {
        try (FakeAgentEngine fake = FakeAgentEngine.builder().start();
                SessionService store = connect(fake)) {
            talk(store);
        }
    }

    @Test
    void clientOfAdk_readsAMigratedSession() {
        try (FakeAgentEngine fake = FakeAgentEngine.builder().restPort(0).start();
                InMemorySessionService source = InMemorySessionService.create();
                SessionService target = connect(fake)) {
            List<Event> events = AllKindsOfEvents.cycled(250);
            SessionKey key = new SessionKey("4711", "ana", "s1");
            Session session = Session.builder(key, TIME.plusSeconds(1_000))
                    .createTime(TIME)
                    .state(Map.of("turns", 120L, "cart", List.of("tea", 2.5), "open", true))
                    .events(events.stream().map(AdkEvents::stored).toList())
                    .build();
            source.store(session, Precondition.absent());
            Reconciler.between(source, target).reconcile(key);

            com.google.adk.sessions.Session read = clientOfAdk(fake)
                    .getSession("4711", "ana", "s1", Optional.empty())
                    .blockingGet();

            assertThat(read.state())
                    .containsExactlyInAnyOrderEntriesOf(
                            Map.of("turns", 120, "cart", List.of("tea", 2.5), "open", true));
            assertThat(read.events()).hasSize(100);
            for (int i = 0; i < 100; i++) {
                assertThat(json(read.events().get(i)))
                        .as("event %s", i)
                        .isEqualTo(json(AllKindsOfEvents.asClientOfAdkReads(events.get(i), true)));
            }
            assertThat(SessionFerryService.over(target)
                            .listEvents("4711", "ana", "s1")
                            .blockingGet()
                            .events())
                    .as("what our service reads of it is all")
                    .extracting(JsonBaseModel::toJson)
                    .containsExactlyElementsOf(
                            events.stream().map(JsonBaseModel::toJson).toList());
        }
    }

    @Test
    void clientOfAdk_readsWhatOurServiceAppended() {
        try (FakeAgentEngine fake = FakeAgentEngine.builder().restPort(0).start();
                SessionService store = connect(fake)) {
            SessionFerryService service = SessionFerryService.over(store);
            com.google.adk.sessions.Session session =
                    service.createSession("4711", "ana", Map.of(), "s1").blockingGet();
            List<Event> events = AllKindsOfEvents.cycled(40);
            events.forEach(
                    event -> service.appendEvent(session, event).ignoreElement().blockingAwait());

            com.google.adk.sessions.Session read = clientOfAdk(fake)
                    .getSession("4711", "ana", "s1", Optional.empty())
                    .blockingGet();

            assertThat(read.state()).isEqualTo(session.state());
            for (int i = 0; i < events.size(); i++) {
                assertThat(json(read.events().get(i)))
                        .as("event %s", i)
                        .isEqualTo(json(AllKindsOfEvents.asClientOfAdkReads(events.get(i), false)));
            }
        }
    }

    /** ADK's client takes the bytes for text in Base64, as it writes them itself; the service and ADK for Python do not. */
    @Test
    void clientOfAdk_cannotReadBytesThatItDidNotWrite_andOurServiceCan() {
        try (FakeAgentEngine fake = FakeAgentEngine.builder().restPort(0).start();
                SessionService store = connect(fake)) {
            SessionFerryService service = SessionFerryService.over(store);
            Event event = AllKindsOfEvents.withBytes();
            com.google.adk.sessions.Session session =
                    service.createSession("4711", "ana", Map.of(), "s1").blockingGet();
            service.appendEvent(session, event).ignoreElement().blockingAwait();

            clientOfAdk(fake)
                    .getSession("4711", "ana", "s1", Optional.empty())
                    .test()
                    .awaitDone(20, TimeUnit.SECONDS)
                    .assertError(error -> error instanceof IllegalArgumentException
                            && error.getMessage().contains("base64"));
            assertThat(service.listEvents("4711", "ana", "s1").blockingGet().events())
                    .extracting(JsonBaseModel::toJson)
                    .containsExactly(event.toJson());
        }
    }

    /** All that ADK has of an event but its id: Agent Engine names events itself. */
    private static JsonNode json(Event event) {
        ObjectNode json = JsonBaseModel.getMapper().valueToTree(event);
        json.remove("id");
        return json;
    }

    private static void talk(SessionService store) {
        SessionKey key = new SessionKey("shop", "ana", "s1");
        store.create(NewSession.builder(key).build());
        LlmAgent clerk = LlmAgent.builder()
                .name("clerk")
                .model(new Echo())
                .outputKey("user:last")
                .build();
        Runner runner = Runner.builder()
                .agent(clerk)
                .appName("shop")
                .artifactService(new InMemoryArtifactService())
                .sessionService(SessionFerryService.over(store))
                .build();

        List<Event> first = said(runner, "tea please");
        List<Event> second = said(runner, "and milk");

        assertThat(first).extracting(Event::stringifyContent).containsExactly("1: tea please");
        assertThat(second).extracting(Event::stringifyContent).containsExactly("3: and milk");
        Session stored = store.find(key, EventSelection.all()).orElseThrow();
        assertThat(stored.events()).extracting(SessionEvent::author).containsExactly("user", "clerk", "user", "clerk");
        assertThat(stored.state()).containsEntry("user:last", "3: and milk");
    }

    private static List<Event> said(Runner runner, String text) {
        return runner.runAsync("ana", "s1", Content.fromParts(Part.fromText(text)))
                .toList()
                .blockingGet();
    }

    private static SessionService connect(FakeAgentEngine fake) {
        return VertexAiSessionService.builder(ENGINE)
                .endpoint(fake.endpoint())
                .plaintext(true)
                .build();
    }

    private static com.google.adk.sessions.VertexAiSessionService clientOfAdk(FakeAgentEngine fake) {
        Date later = Date.from(Instant.parse("2999-01-01T00:00:00Z"));
        return new com.google.adk.sessions.VertexAiSessionService(
                "ferry",
                "europe-west1",
                GoogleCredentials.create(new AccessToken("test", later)),
                HttpOptions.builder().baseUrl(fake.restEndpoint()).build());
    }

    /** Says how many messages it was sent, and the last of them. */
    private static final class Echo extends BaseLlm {

        Echo() {
            super("echo");
        }

        @Override
        public Flowable<LlmResponse> generateContent(LlmRequest request, boolean stream) {
            List<Content> contents = request.contents();
            String answer =
                    contents.size() + ": " + contents.get(contents.size() - 1).text();
            return Flowable.just(LlmResponse.builder()
                    .content(Content.builder()
                            .role("model")
                            .parts(List.of(Part.fromText(answer)))
                            .build())
                    .build());
        }

        @Override
        public BaseLlmConnection connect(LlmRequest request) {
            throw new UnsupportedOperationException("the scripted model does not speak live");
        }
    }
}
