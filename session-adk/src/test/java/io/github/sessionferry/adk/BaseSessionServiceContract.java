package io.github.sessionferry.adk;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.adk.JsonBaseModel;
import com.google.adk.events.Event;
import com.google.adk.events.EventActions;
import com.google.adk.sessions.BaseSessionService;
import com.google.adk.sessions.GetSessionConfig;
import com.google.adk.sessions.Session;
import com.google.adk.sessions.SessionException;
import com.google.adk.sessions.SessionNotFoundException;
import com.google.adk.sessions.State;
import com.google.genai.types.Content;
import com.google.genai.types.Part;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * What ADK means by {@link BaseSessionService}: what its Javadoc says, and where that is silent, what its runner and its
 * services rely on.
 */
abstract class BaseSessionServiceContract {

    static final String APP = "shop";

    /** An application whose shared state is another one than that of {@link #APP}. */
    static final String OTHER_APP = "desk";

    static final String USER = "ana";
    static final String OTHER_USER = "bob";
    static final long TIME = 1_767_607_200_123L;

    /** The service under test, the same one throughout a test; nothing is in its store at the beginning. */
    abstract BaseSessionService service();

    @Test
    void create_withAnId_keepsIt() {
        Session created = created("s1", Map.of("topic", "tea"));

        assertThat(created.id()).isEqualTo("s1");
        assertThat(created.appName()).isEqualTo(APP);
        assertThat(created.userId()).isEqualTo(USER);
        assertThat(created.lastUpdateTime()).isNotNull();
        assertThat(created.events()).isEmpty();
        assertThat(created.state()).containsExactlyInAnyOrderEntriesOf(Map.of("topic", "tea"));
        assertThat(found("s1").state()).containsExactlyInAnyOrderEntriesOf(Map.of("topic", "tea"));
    }

    @Test
    void create_withoutAnId_makesOne() {
        List<String> ids = new ArrayList<>();
        for (String none : new @Nullable String[] {null, "", " "}) {
            ids.add(service()
                    .createSession(APP, USER, Map.<String, Object>of(), none)
                    .blockingGet()
                    .id());
        }
        ids.add(service().createSession(APP, USER).blockingGet().id());

        assertThat(ids)
                .doesNotHaveDuplicates()
                .noneMatch(String::isBlank)
                .allSatisfy(id -> assertThat(found(id)).isNotNull());
    }

    @Test
    void create_ofASessionThatExists_isAnErrorAndChangesNothing() {
        append(created("s1", Map.of("topic", "tea")), event("e1", 1, Map.of()));

        assertThat(error(service()
                        .createSession(APP, USER, Map.of("topic", "milk"), "s1")
                        .toMaybe()))
                .isInstanceOf(SessionException.class);
        assertThat(found("s1").state()).containsEntry("topic", "tea");
        assertThat(found("s1").events()).hasSize(1);
    }

    @Test
    void create_withSharedKeys_sharesThem() {
        created("s1", Map.of("own", 1, "user:theme", "dark", "app:motd", "hi"));

        assertThat(created("s2", Map.of()).state())
                .containsExactlyInAnyOrderEntriesOf(Map.of("user:theme", "dark", "app:motd", "hi"));
    }

    @Test
    void create_withTemporaryKeys_dropsThem() {
        assertThat(created("s1", Map.of("temp:token", "t", "own", 1)).state()).containsOnlyKeys("own");
        assertThat(found("s1").state()).containsOnlyKeys("own");
    }

    @Test
    void get_ofASessionThatIsNotThere_isEmpty() {
        created("s1", Map.of());

        for (Session found :
                new @Nullable Session[] {find(APP, USER, "s2"), find(APP, OTHER_USER, "s1"), find(OTHER_APP, USER, "s1")
                }) {
            assertThat(found).isNull();
        }
    }

    @Test
    void get_withoutConfig_bringsAllEventsInTheirOrder() {
        Session session = created("s1", Map.of());
        IntStream.range(0, 8).forEach(i -> append(session, event("e" + i, i, Map.of())));

        assertThat(found("s1").events())
                .extracting(Event::id)
                .containsExactlyElementsOf(
                        IntStream.range(0, 8).mapToObj(i -> "e" + i).toList());
    }

    @Test
    void get_withNumRecentEvents_bringsTheNewest() {
        Session session = created("s1", Map.of("own", 1));
        IntStream.range(0, 5).forEach(i -> append(session, event("e" + i, i, Map.of())));

        assertThat(ids(GetSessionConfig.builder().numRecentEvents(2))).containsExactly("e3", "e4");
        assertThat(ids(GetSessionConfig.builder().numRecentEvents(9))).hasSize(5);
        assertThat(ids(GetSessionConfig.builder().numRecentEvents(0))).isEmpty();
    }

    @Test
    void get_withAfterTimestamp_bringsThoseOfThatTimeAndLater() {
        Session session = created("s1", Map.of());
        IntStream.range(0, 5).forEach(i -> append(session, event("e" + i, i, Map.of())));

        assertThat(ids(GetSessionConfig.builder().afterTimestamp(Instant.ofEpochMilli(TIME + 3))))
                .containsExactly("e3", "e4");
        assertThat(ids(GetSessionConfig.builder().afterTimestamp(Instant.ofEpochMilli(TIME + 9))))
                .isEmpty();
    }

    @Test
    void get_withBoth_bringsTheNewestOfThatTimeAndLater() {
        Session session = created("s1", Map.of());
        IntStream.range(0, 5).forEach(i -> append(session, event("e" + i, i, Map.of())));

        assertThat(ids(GetSessionConfig.builder().numRecentEvents(2).afterTimestamp(Instant.ofEpochMilli(TIME + 4))))
                .containsExactly("e4");
    }

    @Test
    void list_tellsTheUsersSessionsWithoutTheirEvents() {
        append(created("s1", Map.of("own", 1)), event("e1", 1, Map.of()));
        created("s2", Map.of());
        create(APP, OTHER_USER, "s3");
        create(OTHER_APP, USER, "s4");

        List<Session> listed = service().listSessions(APP, USER).blockingGet().sessions();

        assertThat(listed).extracting(Session::id).containsExactlyInAnyOrder("s1", "s2");
        assertThat(listed).allSatisfy(session -> {
            assertThat(session.events()).isEmpty();
            assertThat(session.appName()).isEqualTo(APP);
            assertThat(session.userId()).isEqualTo(USER);
            assertThat(session.lastUpdateTime()).isNotNull();
        });
        assertThat(service().listSessions(APP, "nobody").blockingGet().sessions())
                .isEmpty();
    }

    @Test
    void delete_removesTheSessionAndItsEvents_andNothingElse() {
        append(created("s1", Map.of()), event("e1", 1, Map.of("user:theme", "dark")));
        created("s2", Map.of());
        create(APP, OTHER_USER, "s1");

        service().deleteSession(APP, USER, "s1").blockingAwait();

        assertThat(find(APP, USER, "s1")).isNull();
        assertThat(service().listSessions(APP, USER).blockingGet().sessionIds()).containsExactly("s2");
        assertThat(find(APP, OTHER_USER, "s1")).isNotNull();
        Session again = created("s1", Map.of());
        assertThat(again.state()).containsExactlyInAnyOrderEntriesOf(Map.of("user:theme", "dark"));
        assertThat(found("s1").events()).isEmpty();
    }

    @Test
    void delete_ofASessionThatIsNotThere_completes() {
        service().deleteSession(APP, USER, "s1").blockingAwait();
        created("s1", Map.of());
        service().deleteSession(APP, OTHER_USER, "s1").blockingAwait();

        assertThat(found("s1")).isNotNull();
    }

    @Test
    void append_storesTheEvent_andBringsTheObjectUpToDate() {
        Session session = created("s1", Map.of("kept", 1));
        Event event = event("e1", 1, Map.of("n", 5, "user:theme", "dark", "app:motd", "hi"));

        Event answered = append(session, event);

        Map<String, Object> state = Map.of("kept", 1, "n", 5, "user:theme", "dark", "app:motd", "hi");
        assertThat(answered).isSameAs(event);
        assertThat(session.events()).containsExactly(event);
        assertThat(session.state()).containsExactlyInAnyOrderEntriesOf(state);
        assertThat(found("s1").state()).containsExactlyInAnyOrderEntriesOf(state);
        assertThat(found("s1").events()).extracting(this::json).containsExactly(json(event));
    }

    @Test
    void append_movesTheUpdateTime() {
        Session session = created("s1", Map.of());
        Instant later = Instant.now().plusSeconds(3_600);

        append(session, event("e1", later.toEpochMilli() - TIME, Map.of()));

        assertThat(session.lastUpdateTime().toEpochMilli()).isEqualTo(later.toEpochMilli());
        assertThat(found("s1").lastUpdateTime().toEpochMilli()).isEqualTo(later.toEpochMilli());
    }

    @Test
    void append_withSharedKeys_sharesThemByScope() {
        Session session = created("s1", Map.of());
        created("s2", Map.of());
        create(APP, OTHER_USER, "s1");
        create(OTHER_APP, USER, "s1");

        append(session, event("e1", 1, Map.of("own", 1, "user:theme", "dark", "app:motd", "hi")));

        assertThat(found("s2").state())
                .containsExactlyInAnyOrderEntriesOf(Map.of("user:theme", "dark", "app:motd", "hi"));
        assertThat(find(APP, OTHER_USER, "s1").state()).containsExactlyInAnyOrderEntriesOf(Map.of("app:motd", "hi"));
        assertThat(find(OTHER_APP, USER, "s1").state()).isEmpty();
    }

    @Test
    void append_withTemporaryKeys_leavesThemOutOfTheState() {
        Session session = created("s1", Map.of());

        append(session, event("e1", 1, Map.of("temp:token", "t", "own", 1)));

        assertThat(session.state()).containsOnlyKeys("own");
        assertThat(found("s1").state()).containsOnlyKeys("own");
    }

    @Test
    void append_withRemovedKeys_takesThemAwayInEveryScope() {
        Session session = created("s1", Map.of());
        append(session, event("e1", 1, Map.of("a", 1, "b", 1, "user:a", 1, "user:b", 1, "app:a", 1, "app:b", 1)));

        append(
                session,
                event(
                        "e2",
                        2,
                        Map.of(
                                "a",
                                State.REMOVED,
                                "user:a",
                                State.REMOVED,
                                "app:a",
                                State.REMOVED,
                                "none",
                                State.REMOVED)));

        Map<String, Object> left = Map.of("b", 1, "user:b", 1, "app:b", 1);
        assertThat(session.state()).containsExactlyInAnyOrderEntriesOf(left);
        assertThat(found("s1").state()).containsExactlyInAnyOrderEntriesOf(left);
        assertThat(created("s2", Map.of()).state()).containsExactlyInAnyOrderEntriesOf(Map.of("user:b", 1, "app:b", 1));
    }

    @Test
    void append_ofAPartialEvent_changesNothing() {
        Session session = created("s1", Map.of());
        Event partial =
                event("e1", 1, Map.of("own", 1)).toBuilder().partial(true).build();

        assertThat(append(session, partial)).isSameAs(partial);

        assertThat(session.events()).isEmpty();
        assertThat(session.state()).isEmpty();
        assertThat(found("s1").events()).isEmpty();
        assertThat(found("s1").state()).isEmpty();
    }

    @Test
    void append_throughAnOlderObject_losesNothing() {
        created("s1", Map.of());
        Session one = found("s1");
        Session other = found("s1");

        append(one, event("e1", 1, Map.of("a", 1)));
        append(other, event("e2", 2, Map.of("b", 1)));

        assertThat(found("s1").events()).extracting(Event::id).containsExactly("e1", "e2");
        assertThat(found("s1").state()).containsOnlyKeys("a", "b");
    }

    @Test
    void append_toASessionThatIsNotThere_isAnError_andMakesNone() {
        Session none = Session.builder("none").appName(APP).userId(USER).build();

        assertThat(error(service()
                        .appendEvent(none, event("e1", 1, Map.of("own", 1)))
                        .toMaybe()))
                .isInstanceOf(SessionNotFoundException.class);
        assertThat(find(APP, USER, "none")).isNull();
        assertThat(none.events()).isEmpty();
    }

    @Test
    void readSession_changed_changesNothingInTheStore() {
        append(created("s1", Map.of("own", 1)), event("e1", 1, Map.of()));

        Session read = found("s1");
        read.state().put("own", 2);
        read.events().clear();

        assertThat(found("s1").state()).containsEntry("own", 1);
        assertThat(found("s1").events()).hasSize(1);
    }

    @Test
    void listEvents_bringsAllOfThem() {
        Session session = created("s1", Map.of());
        List<Event> events = IntStream.range(0, 5)
                .mapToObj(i -> event("e" + i, i, Map.of("n", i)))
                .toList();
        events.forEach(event -> append(session, event));

        assertThat(service().listEvents(APP, USER, "s1").blockingGet().events())
                .extracting(this::json)
                .containsExactlyElementsOf(events.stream().map(this::json).toList());
    }

    @Test
    void listEvents_ofASessionThatIsNotThere_isAnError() {
        assertThat(error(service().listEvents(APP, USER, "none").toMaybe()))
                .isInstanceOf(SessionNotFoundException.class);
    }

    @Test
    void close_ofASession_completes() {
        service().closeSession(created("s1", Map.of())).blockingAwait();

        assertThat(found("s1")).isNotNull();
    }

    static @Nullable Throwable error(io.reactivex.rxjava3.core.Maybe<?> call) {
        return call.ignoreElement().materialize().blockingGet().getError();
    }

    final Session created(String id, Map<String, Object> state) {
        return service().createSession(APP, USER, state, id).blockingGet();
    }

    private void create(String app, String user, String id) {
        service()
                .createSession(app, user, Map.<String, Object>of(), id)
                .ignoreElement()
                .blockingAwait();
    }

    final Event append(Session session, Event event) {
        return service().appendEvent(session, event).blockingGet();
    }

    private Session found(String id) {
        return find(APP, USER, id);
    }

    private @Nullable Session find(String app, String user, String id) {
        return service().getSession(app, user, id, Optional.empty()).blockingGet();
    }

    private Stream<String> ids(GetSessionConfig.Builder config) {
        return service().getSession(APP, USER, "s1", Optional.of(config.build())).blockingGet().events().stream()
                .map(Event::id);
    }

    private Object json(Event event) {
        return JsonBaseModel.getMapper().valueToTree(event);
    }

    static Event event(String id, long millis, Map<String, Object> delta) {
        return Event.builder()
                .id(id)
                .invocationId("i1")
                .author(millis % 2 == 0 ? "user" : "clerk")
                .timestamp(TIME + millis)
                .content(Content.builder()
                        .role("model")
                        .parts(List.of(
                                Part.fromText("line " + id), Part.fromFunctionCall("find_it", Map.of("order_id", 7))))
                        .build())
                .turnComplete(true)
                .actions(EventActions.builder().stateDelta(new HashMap<>(delta)).build())
                .build();
    }
}
