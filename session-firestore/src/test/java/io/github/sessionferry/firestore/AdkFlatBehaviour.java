package io.github.sessionferry.firestore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import com.google.cloud.Timestamp;
import com.google.cloud.firestore.Blob;
import com.google.cloud.firestore.DocumentReference;
import com.google.cloud.firestore.Firestore;
import com.google.cloud.firestore.GeoPoint;
import com.google.cloud.firestore.WriteBatch;
import io.github.sessionferry.core.AppendOutcome;
import io.github.sessionferry.core.Bytes;
import io.github.sessionferry.core.DeleteOutcome;
import io.github.sessionferry.core.EventSelection;
import io.github.sessionferry.core.NewSession;
import io.github.sessionferry.core.Precondition;
import io.github.sessionferry.core.ScanCursor;
import io.github.sessionferry.core.ScanPage;
import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionErrorCode;
import io.github.sessionferry.core.SessionEvent;
import io.github.sessionferry.core.SessionException;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SessionSummary;
import io.github.sessionferry.core.SharedScope;
import io.github.sessionferry.core.SharedStateOutcome;
import io.github.sessionferry.core.SharedValue;
import io.github.sessionferry.core.StateScope;
import io.github.sessionferry.core.StoreOutcome;
import io.github.sessionferry.core.TaggedValue;
import io.github.sessionferry.core.codec.DerivedId;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Documents of the layout adk-flat as others write and read them, through Firestore's own client. */
abstract class AdkFlatBehaviour {

    private static final SessionKey KEY = new SessionKey("shop", "ada", "s1");
    private static final Instant NOW = Instant.parse("2026-01-05T10:00:00.123456Z");
    private static final double SECONDS = 1767607200.123456;

    private Firestore firestore;
    private FirestoreSessionService service;

    abstract String endpoint();

    @BeforeEach
    void open() {
        String project = "adk-flat-" + UUID.randomUUID();
        firestore = TestStores.options(endpoint(), project).getService();
        service = TestStores.open(endpoint(), project, Clock.systemUTC());
    }

    @AfterEach
    void close() {
        service.close();
        firestore.shutdownNow();
    }

    @Test
    void find_documentWithRequiredFieldsOnly_isASession() {
        write("sessions/s1", document(Map.of("topic", "ferries", "user:name", "Ada")));

        Session found = found(KEY);

        assertThat(found.state()).isEqualTo(Map.of("topic", "ferries", "user:name", "Ada"));
        assertThat(found.updateTime()).isEqualTo(NOW);
        assertThat(found.createTime()).isEmpty();
        assertThat(found.events()).isEmpty();
        assertThat(found.fields()).isEmpty();
        assertThat(found.isComplete()).isTrue();
    }

    @Test
    void find_nestedScopes_areRead() {
        write("sessions/s1", document(nestedState()));
        write("user_state/shop/users/ada", Map.of("theme", "light"));

        Session found = found(KEY);

        assertThat(found.state())
                .containsOnly(
                        entry("topic", "ferries"),
                        entry("app:motd", "hello"),
                        entry("user:theme", "light"),
                        entry("user:name", "Ada"),
                        entry("temp:draft", true));
    }

    @Test
    void append_toNestedScopes_keepsTheFormAndItsCopiesInStep() {
        write("sessions/s1", document(nestedState()));

        service.append(
                KEY,
                event("e1", 1)
                        .stateDelta(Map.of(
                                "topic",
                                "trains",
                                "user:theme",
                                "light",
                                "user:name",
                                TaggedValue.REMOVED,
                                "app:new",
                                1L))
                        .build());

        assertThat(data("sessions/s1").get("state"))
                .isEqualTo(Map.of(
                        "topic",
                        "trains",
                        "app:",
                        Map.of("motd", "hello"),
                        "user:",
                        Map.of("theme", "light"),
                        "temp:",
                        Map.of("draft", true)));
        assertThat(data("user_state/shop/users/ada")).isEqualTo(Map.of("theme", "light"));
        assertThat(data("app_state/shop")).isEqualTo(Map.of("new", 1L));
        assertThat(found(KEY).state()).doesNotContainKey("user:name").containsEntry("user:theme", "light");
    }

    @Test
    void create_writesExactlyTheLayout() {
        Session created = service.create(NewSession.builder(KEY)
                .state(Map.of("topic", "ferries", "user:name", "Ada", "app:motd", "hello", "temp:draft", true))
                .build());

        Map<String, @Nullable Object> data = data("sessions/s1");
        assertThat(data)
                .containsOnlyKeys("id", "app_name", "user_id", "state", "last_update_time", "created_at")
                .containsEntry("id", "s1")
                .containsEntry("app_name", "shop")
                .containsEntry("user_id", "ada")
                .containsEntry("state", Map.of("topic", "ferries"))
                .containsEntry("created_at", timestamp(created.createTime().orElseThrow()));
        assertThat(data.get("last_update_time")).isInstanceOf(Double.class);
        assertThat(data("user_state/shop/users/ada")).isEqualTo(Map.of("name", "Ada"));
        assertThat(data("app_state/shop")).isEqualTo(Map.of("motd", "hello"));
    }

    @Test
    void append_writesAdksEventInNativeTypes() {
        write("sessions/s1", document(Map.of()));

        service.append(
                KEY,
                SessionEvent.builder("e1", "agent", NOW.plusSeconds(1))
                        .invocationId("i1")
                        .content(Map.of("parts", List.of(Map.of("inline_data", Bytes.copyOf(new byte[] {1, 2})))))
                        .stateDelta(Map.of(
                                "place", new TaggedValue("geopoint", Map.of("latitude", 47.5, "longitude", 8.5))))
                        .actions(Map.of("transferToAgent", "other"))
                        .fields(Map.of("partial", false, "seen", NOW))
                        .build());

        assertThat(data("sessions/s1/events/e1"))
                .isEqualTo(Map.of(
                        "id",
                        "e1",
                        "author",
                        "agent",
                        "invocation_id",
                        "i1",
                        "timestamp",
                        SECONDS + 1,
                        "content",
                        Map.of("parts", List.of(Map.of("inline_data", Blob.fromBytes(new byte[] {1, 2})))),
                        "actions",
                        Map.of("state_delta", Map.of("place", new GeoPoint(47.5, 8.5)), "transfer_to_agent", "other"),
                        "partial",
                        false,
                        "seen",
                        timestamp(NOW)));
        assertThat(data("sessions/s1").get("state")).isEqualTo(Map.of("place", new GeoPoint(47.5, 8.5)));
    }

    @Test
    void append_unknownFields_stay() {
        Map<String, Object> document = document(Map.of());
        document.put("tenant", Map.of("id", 7L));
        document.put("updated_at", timestamp(NOW));
        document.put("created_at", timestamp(NOW.minusSeconds(60)));
        write("sessions/s1", document);

        service.append(KEY, event("e1", 1).build());

        Session found = found(KEY);
        assertThat(found.fields()).isEqualTo(Map.of("tenant", Map.of("id", 7L), "updated_at", NOW));
        assertThat(found.createTime()).contains(NOW.minusSeconds(60));
        assertThat(found.updateTime()).isEqualTo(NOW.plusSeconds(1));
        assertThat(data("sessions/s1")).containsEntry("tenant", Map.of("id", 7L));
    }

    @Test
    void append_documentThatKnowsUpdatedAtAlone_movesIt() {
        Map<String, Object> document = document(Map.of());
        document.remove("last_update_time");
        document.put("updated_at", timestamp(NOW));
        write("sessions/s1", document);

        service.append(KEY, event("e1", 1).build());

        assertThat(found(KEY).updateTime()).isEqualTo(NOW.plusSeconds(1));
        assertThat(data("sessions/s1")).containsKey("updated_at").doesNotContainKey("last_update_time");
    }

    @Test
    void append_olderEvent_changesTheRevision() {
        write("sessions/s1", document(Map.of()));
        String before = found(KEY).revision().orElseThrow();

        service.append(KEY, event("e1", -60).build());

        Session after = found(KEY);
        assertThat(after.revision()).isNotEmpty().isNotEqualTo(Optional.of(before));
        assertThat(after.updateTime()).isEqualTo(NOW);
        assertThat(after.fields()).isEmpty();
    }

    @Test
    void store_thenFind_keepsRawFieldsOfSessionAndEvents() {
        Map<String, Object> document = document(Map.of("topic", "ferries"));
        document.put("tenant", List.of(1L, "x"));
        write("sessions/s1", document);
        Map<String, Object> event = rawEvent("e1", 1);
        event.put("citation", Map.of("camelCase", 1.0));
        write("sessions/s1/events/e1", event);
        Session original = found(KEY);
        service.delete(KEY, Precondition.none());

        service.store(original, Precondition.absent());

        assertThat(data("sessions/s1")).isEqualTo(document);
        assertThat(data("sessions/s1/events/e1")).isEqualTo(event);
        assertThat(found(KEY)).isEqualTo(original);
    }

    @Test
    void find_idOfAnotherUsersSession_isDerivedAndBothAreFound() {
        SessionKey other = new SessionKey("shop", "bob", "s1");
        write("sessions/s1", document(Map.of("of", "ada")));

        StoreOutcome outcome = service.store(
                Session.builder(other, NOW).state(Map.of("of", "bob")).build(), Precondition.absent());

        assertThat(outcome.storedId()).contains(DerivedId.of(other));
        assertThat(found(KEY).state()).isEqualTo(Map.of("of", "ada"));
        assertThat(found(other).state()).isEqualTo(Map.of("of", "bob"));
        assertThat(data("sessions/" + DerivedId.of(other)))
                .containsEntry("id", "s1")
                .containsEntry("user_id", "bob");

        service.delete(KEY, Precondition.none());

        assertThat(service.find(KEY, EventSelection.none())).isEmpty();
        assertThat(found(other).state()).isEqualTo(Map.of("of", "bob"));
        assertThatThrownBy(() -> service.create(NewSession.builder(other).build()))
                .isInstanceOf(SessionException.class);
    }

    @Test
    void scan_malformedDocuments_areToldAndTheRestIsScanned() {
        write("sessions/good", document(Map.of(), "good"));
        Map<String, Object> stateIsText = document(Map.of(), "b1");
        stateIsText.put("state", "{}");
        write("sessions/b1", stateIsText);
        Map<String, Object> noTime = document(Map.of(), "b2");
        noTime.remove("last_update_time");
        write("sessions/b2", noTime);
        Map<String, Object> wrongTime = document(Map.of(), "b3");
        wrongTime.put("last_update_time", true);
        write("sessions/b3", wrongTime);
        Map<String, Object> noApp = document(Map.of(), "b4");
        noApp.remove("app_name");
        write("sessions/b4", noApp);

        ScanPage page = service.scan(ScanCursor.START, 10);

        assertThat(page.sessions())
                .extracting(SessionSummary::key)
                .containsExactly(new SessionKey("shop", "ada", "good"));
        assertThat(page.unreadable())
                .extracting(record -> record.location())
                .containsExactly("sessions/b1", "sessions/b2", "sessions/b3", "sessions/b4");
        for (String id : List.of("b1", "b2", "b3", "b4")) {
            assertThatThrownBy(() -> service.find(new SessionKey("shop", "ada", id), EventSelection.none()))
                    .isInstanceOfSatisfying(
                            SessionException.class, e -> assertThat(e.code()).isEqualTo(SessionErrorCode.CORRUPT));
        }
    }

    @Test
    void find_eventWithoutTimestamp_isCorruptNotMissing() {
        write("sessions/s1", document(Map.of()));
        write("sessions/s1/events/e1", Map.of("id", "e1", "author", "user"));

        assertThatThrownBy(() -> found(KEY))
                .isInstanceOfSatisfying(
                        SessionException.class, e -> assertThat(e.code()).isEqualTo(SessionErrorCode.CORRUPT));
    }

    @Test
    void store_moreEventsThanACommitTakes_isWholeAndDeleteRemovesAll() {
        Session session = Session.builder(KEY, NOW)
                .state(Map.of("topic", "ferries"))
                .events(IntStream.range(0, 1100)
                        .mapToObj(i -> event("e" + i, i).build())
                        .toList())
                .build();

        StoreOutcome outcome = service.store(session, Precondition.absent());

        assertThat(outcome).isEqualTo(StoreOutcome.of(StoreOutcome.Status.CREATED, 1100));
        assertThat(found(KEY)).isEqualTo(session);
        assertThat(found(KEY).isComplete()).isTrue();
        assertThat(service.store(session, Precondition.none()).status()).isEqualTo(StoreOutcome.Status.UNCHANGED);
        assertThat(service.find(KEY, EventSelection.last(700)).orElseThrow().events())
                .isEqualTo(session.events().subList(400, 1100));

        assertThat(service.delete(KEY, Precondition.none())).isEqualTo(DeleteOutcome.DELETED);

        assertThat(service.find(KEY, EventSelection.none())).isEmpty();
        assertThat(count("sessions/s1/events")).isZero();
    }

    @Test
    void store_eventsOfOneTime_keepTheirOrder() {
        List<SessionEvent> events = List.of(
                event("z", 1).build(),
                event("a", 1).build(),
                event("m", 1).build(),
                event("b", 2).build());
        service.store(Session.builder(KEY, NOW).events(events).build(), Precondition.absent());
        SessionEvent late = event("0", 1).build();

        service.append(KEY, late);

        assertThat(found(KEY).events())
                .containsExactly(events.get(0), events.get(1), events.get(2), late, events.get(3));
        assertThat(service.find(KEY, EventSelection.last(3)).orElseThrow().events())
                .containsExactly(events.get(2), late, events.get(3));
        assertThat(service.find(KEY, EventSelection.since(NOW.plusSeconds(2)))
                        .orElseThrow()
                        .events())
                .containsExactly(events.get(3));
    }

    @Test
    void create_whereOthersLeftEventsBehind_startsWithoutThem() {
        leaveEvents(3);

        service.create(NewSession.builder(KEY).build());

        assertThat(found(KEY).events()).isEmpty();
        assertThat(count("sessions/s1/events")).isZero();
    }

    @Test
    void store_whereManyEventsWereLeftBehind_holdsItsOwnOnly() {
        leaveEvents(460);
        Session session = Session.builder(KEY, NOW)
                .events(List.of(event("e1", 1).build()))
                .build();

        service.store(session, Precondition.absent());

        assertThat(found(KEY)).isEqualTo(session);
        assertThat(count("sessions/s1/events")).isEqualTo(1);
    }

    @Test
    void removalBrokenOff_sessionIsAbsentAndCreatedAnewWithoutItsEvents() {
        Map<String, Object> document = document(Map.of("topic", "old"));
        document.put("ferry_removing", 1L);
        write("sessions/s1", document);
        leaveEvents(2);

        assertThat(service.find(KEY, EventSelection.all())).isEmpty();
        assertThat(service.scan(ScanCursor.START, 10).sessions()).isEmpty();
        assertThatThrownBy(() -> service.append(KEY, event("e9", 9).build())).isInstanceOf(SessionException.class);
        service.create(NewSession.builder(KEY).build());

        assertThat(found(KEY).state()).isEmpty();
        assertThat(found(KEY).events()).isEmpty();
    }

    @Test
    void delete_absentSessionWithEventsLeftBehind_removesThem() {
        leaveEvents(2);

        assertThat(service.delete(KEY, Precondition.none())).isEqualTo(DeleteOutcome.ABSENT);

        assertThat(count("sessions/s1/events")).isZero();
        assertThat(firestoreHas("sessions/s1")).isFalse();
    }

    @Test
    void storingBrokenOff_isIncompleteUntilRepeated() {
        Session session = Session.builder(KEY, NOW)
                .events(List.of(event("e1", 1).build(), event("e2", 2).build()))
                .build();
        Map<String, Object> document = document(Map.of());
        document.put("ferry_storing", "somebody/0");
        write("sessions/s1", document);
        write("sessions/s1/events/e1", rawEvent("e1", 1));
        assertThat(found(KEY).isComplete()).isFalse();
        assertThat(found(KEY).fields()).isEmpty();

        StoreOutcome outcome = service.store(session, Precondition.none());

        assertThat(outcome).isEqualTo(StoreOutcome.of(StoreOutcome.Status.UPDATED, 1));
        assertThat(found(KEY).isComplete()).isTrue();
        assertThat(found(KEY).events()).extracting(SessionEvent::id).containsExactly("e1", "e2");
    }

    @Test
    void findSharedState_copiesInSessions_newestSessionWinsAndTheDocumentOverAll() {
        Map<String, Object> older = document(Map.of("user:theme", "old", "user:name", "Ada"), "s1");
        older.put("last_update_time", SECONDS - 100);
        write("sessions/s1", older);
        write("sessions/s2", document(Map.of("user:", Map.of("theme", "new", "font", "copy")), "s2"));
        write("user_state/shop/users/ada", Map.of("font", "shared"));

        Map<String, Object> found = new HashMap<>();
        service.findSharedState(KEY.userScope()).forEach((name, value) -> found.put(name, value.value()));

        assertThat(found).isEqualTo(Map.of("theme", "new", "name", "Ada", "font", "shared"));
        assertThat(service.findSharedState(KEY.userScope()).get("name").writeTime())
                .contains(NOW.minusSeconds(100));
        assertThat(service.findSharedState(SharedScope.app("shop"))).isEmpty();
    }

    @Test
    void storeSharedState_replacingValue_isWrittenOverCopies() {
        write("sessions/s1", document(Map.of("user:theme", "copy", "user:name", "Ada"), "s1"));

        SharedStateOutcome outcome = service.storeSharedState(
                KEY.userScope(), Map.of("theme", SharedValue.replacing("dark", NOW.minusSeconds(1000))));

        assertThat(outcome.written()).containsExactly("theme");
        assertThat(service.findSharedState(KEY.userScope()).get("theme").value())
                .isEqualTo("dark");
        assertThat(found(KEY).state()).isEqualTo(Map.of("user:theme", "dark", "user:name", "Ada"));
    }

    @Test
    void storeSharedState_removal_takesCopiesInSessionsAway() {
        write("sessions/s1", document(Map.of("user:theme", "flat", "user:name", "Ada", "own", 1L), "s1"));
        write("sessions/s2", document(Map.of("user:", Map.of("theme", "nested", "font", "copy")), "s2"));
        write("user_state/shop/users/ada", Map.of("theme", "shared"));
        Map<String, SharedValue> removal = Map.of("theme", SharedValue.removal());

        SharedStateOutcome outcome = service.storeSharedState(KEY.userScope(), removal);
        SharedStateOutcome again = service.storeSharedState(KEY.userScope(), removal);

        assertThat(outcome.written()).containsExactly("theme");
        assertThat(again.unchanged()).containsExactly("theme");
        assertThat(service.findSharedState(KEY.userScope())).containsOnlyKeys("name", "font");
        assertThat(found(KEY).state()).isEqualTo(Map.of("user:name", "Ada", "own", 1L));
    }

    @Test
    void storeSharedState_removalOfACopyAlone_isWritten() {
        write("sessions/s1", document(Map.of("user:theme", "copy"), "s1"));

        SharedStateOutcome outcome = service.storeSharedState(KEY.userScope(), Map.of("theme", SharedValue.removal()));

        assertThat(outcome.written()).containsExactly("theme");
        assertThat(service.findSharedState(KEY.userScope())).isEmpty();
    }

    @Test
    void sharedState_hostileNamesAndKeys_comeBack() {
        SessionKey key = new SessionKey("a/b", "__u__", "s1");
        Map<String, Object> state = Map.of("app:", 1L, "app:__x__", 2L, "user:ferry~k", 3L, "user:a.b`c", 4L);
        service.create(NewSession.builder(key).state(state).build());

        assertThat(found(key).state()).isEqualTo(state);
        assertThat(service.findSharedState(key.appScope())).containsOnlyKeys("", "__x__");
        service.append(
                key,
                event("e1", 1)
                        .stateDelta(Map.of("app:", TaggedValue.REMOVED, "app:__x__", 5L))
                        .build());

        assertThat(found(key).state(StateScope.APP)).isEqualTo(Map.of("__x__", 5L));
        assertThat(service.scanSharedScopes(ScanCursor.START, 10).scopes()).containsExactly(key.appScope());
    }

    @Test
    void scanSharedScopes_otherCollectionsCalledUsers_areNotMet() {
        write("users/ada", Map.of("mail", "a@example.org"));
        write("tenants/t/users/ada", Map.of("mail", "a@example.org"));
        write("user_state/shop/users/ada", Map.of("theme", "dark"));
        write("sessions/s9", document(Map.of("app:motd", "hello"), "s9"));

        List<SharedScope> scopes = new ArrayList<>();
        ScanCursor cursor = ScanCursor.START;
        while (cursor != null) {
            var page = service.scanSharedScopes(cursor, 2);
            scopes.addAll(page.scopes());
            cursor = page.next().orElse(null);
        }

        assertThat(scopes).containsExactly(KEY.userScope(), KEY.appScope());
    }

    @Test
    void fieldsWithNamesOfTheLayout_areKeptApart() {
        Session session = Session.builder(KEY, NOW)
                .fields(Map.of("state", "STATE_ACTIVE", "id", 7L, "ferry_storing", true, "__x__", 1L, "plain", 2L))
                .build();

        service.store(session, Precondition.absent());

        assertThat(found(KEY)).isEqualTo(session);
        assertThat(found(KEY).isComplete()).isTrue();
        assertThat(data("sessions/s1")).containsEntry("id", "s1").containsEntry("plain", 2L);
    }

    @Test
    void append_tooLargeForADocument_isRefusedAndNothingChanges() {
        service.create(NewSession.builder(KEY).build());
        Session before = found(KEY);

        assertThatThrownBy(() -> service.append(
                        KEY,
                        event("e1", 1)
                                .fields(Map.of("text", "x".repeat(1 << 20)))
                                .build()))
                .isInstanceOfSatisfying(
                        SessionException.class, e -> assertThat(e.code()).isEqualTo(SessionErrorCode.INVALID_SESSION))
                .hasMessageContaining("1,048,576")
                .hasMessageNotContaining("xxx");
        assertThat(found(KEY)).isEqualTo(before);
    }

    @Test
    void append_sameIdAtTheSameTime_isThereAlready() {
        service.create(NewSession.builder(KEY).build());
        service.append(KEY, event("a/b", 1).build());

        assertThat(service.append(KEY, event("a/b", 1).build())).isEqualTo(AppendOutcome.ALREADY_PRESENT);
        assertThatThrownBy(() -> service.append(KEY, event("a/b", 2).build()))
                .isInstanceOfSatisfying(
                        SessionException.class, e -> assertThat(e.code()).isEqualTo(SessionErrorCode.INVALID_SESSION));
        assertThat(found(KEY).events()).hasSize(1);
    }

    private static Map<String, Object> nestedState() {
        return Map.of(
                "topic",
                "ferries",
                "app:",
                Map.of("motd", "hello"),
                "user:",
                Map.of("theme", "dark", "name", "Ada"),
                "temp:",
                Map.of("draft", true));
    }

    private static Map<String, Object> document(Map<String, Object> state) {
        return document(state, "s1");
    }

    private static Map<String, Object> document(Map<String, Object> state, String id) {
        return new LinkedHashMap<>(
                Map.of("id", id, "app_name", "shop", "user_id", "ada", "state", state, "last_update_time", SECONDS));
    }

    private static Map<String, Object> rawEvent(String id, int second) {
        return new LinkedHashMap<>(
                Map.of("id", id, "invocation_id", "i1", "author", "user", "timestamp", SECONDS + second));
    }

    private static SessionEvent.Builder event(String id, int second) {
        return SessionEvent.builder(id, "user", NOW.plusSeconds(second)).invocationId("i1");
    }

    private static Timestamp timestamp(Instant time) {
        return Timestamp.ofTimeSecondsAndNanos(time.getEpochSecond(), time.getNano());
    }

    private Session found(SessionKey key) {
        return service.find(key, EventSelection.all()).orElseThrow();
    }

    private void leaveEvents(int count) {
        WriteBatch batch = firestore.batch();
        for (int i = 0; i < count; i++) {
            batch.set(firestore.document("sessions/s1/events/e" + i), rawEvent("e" + i, i));
        }
        get(batch.commit());
    }

    private void write(String path, Map<String, Object> fields) {
        get(firestore.document(path).set(fields));
    }

    private Map<String, @Nullable Object> data(String path) {
        Map<String, @Nullable Object> data = get(firestore.document(path).get()).getData();
        return data == null ? Collections.emptyMap() : data;
    }

    private boolean firestoreHas(String path) {
        DocumentReference document = firestore.document(path);
        return get(document.get()).exists();
    }

    private long count(String collection) {
        return get(firestore.collection(collection).count().get()).getCount();
    }

    private static <T> T get(Future<T> future) {
        try {
            return future.get();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
