package io.github.sessionferry.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.sessionferry.core.Capability;
import io.github.sessionferry.core.EventSelection;
import io.github.sessionferry.core.ScanCursor;
import io.github.sessionferry.core.ScanPage;
import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionErrorCode;
import io.github.sessionferry.core.SessionEvent;
import io.github.sessionferry.core.SessionException;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.SessionStores;
import io.github.sessionferry.core.SharedScope;
import io.github.sessionferry.core.UnreadableRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdkJsonSessionServiceTest {

    @TempDir
    Path folder;

    private SessionService open(String parameters) {
        return SessionStores.open("file:" + folder + "?layout=adk-json" + parameters);
    }

    private Session only(SessionService service) {
        ScanPage page = service.scan(ScanCursor.START, 10);
        assertThat(page.unreadable()).isEmpty();
        assertThat(page.sessions()).hasSize(1);
        return service.find(page.sessions().get(0).key(), EventSelection.all()).orElseThrow();
    }

    @Test
    void find_ofADump_keepsEveryField() throws IOException {
        Files.writeString(folder.resolve("one.json"), """
                {"id":"s","app_name":"shop","user_id":"u","state":{"n":1,"d":1.0,"temp:t":9},"last_update_time":1700000000.25,
                 "events":[{"id":"e","invocation_id":"i","author":"user","timestamp":1700000000.5,"is_greeting":false,
                            "options":{},"actions":{"state_delta":{"n":1}}}],
                 "past_events":[[]],"pending_events":{}}""");

        Session session = only(open(""));

        assertThat(session.key()).isEqualTo(new SessionKey("shop", "u", "s"));
        assertThat(session.state()).isEqualTo(Map.of("n", 1L, "d", 1.0));
        assertThat(session.updateTime()).isEqualTo(Instant.parse("2023-11-14T22:13:20.250Z"));
        assertThat(session.fields()).isEqualTo(Map.of("past_events", List.of(List.of()), "pending_events", Map.of()));
        SessionEvent event = session.events().get(0);
        assertThat(event.fields()).isEqualTo(Map.of("is_greeting", false, "options", Map.of()));
        assertThat(event.stateDelta()).isEqualTo(Map.of("n", 1L));
    }

    @Test
    void find_ofADumpInCamelCase_equalsSnakeCase() throws IOException {
        Files.writeString(folder.resolve("one.json"), """
                {"id":"s","appName":"shop","userId":"u","state":{},"lastUpdateTime":1700000000.25,
                 "events":[{"id":"e","invocationId":"i","author":"user","timestamp":1700000000500,"turnComplete":true}]}""");

        Session session = only(open(""));

        assertThat(session.key()).isEqualTo(new SessionKey("shop", "u", "s"));
        assertThat(session.events().get(0).timestamp()).isEqualTo(Instant.parse("2023-11-14T22:13:20.500Z"));
        assertThat(session.events().get(0).fields()).isEqualTo(Map.of("turn_complete", true));
    }

    @Test
    void find_ofAnOlderDump_fillsInWhatItLacks() throws IOException {
        Path file = folder.resolve("planner--first.session.json");
        Files.writeString(file, "{\"id\":\"s\",\"context\":{\"a\":1},\"events\":[]}");
        Files.setLastModifiedTime(file, FileTime.from(Instant.parse("2020-01-01T00:00:00Z")));

        Session session = only(open(""));

        assertThat(session.key()).isEqualTo(new SessionKey("planner", "user", "s"));
        assertThat(session.state()).isEqualTo(Map.of("a", 1L));
        assertThat(session.updateTime()).isEqualTo(Instant.parse("2020-01-01T00:00:00Z"));
        assertThat(only(open("&app=shop&user=me")).key()).isEqualTo(new SessionKey("shop", "me", "s"));
    }

    @Test
    void find_withoutUpdateTime_takesTheNewestEvents() throws IOException {
        Files.writeString(
                folder.resolve("x.json"),
                "{\"events\":[{\"author\":\"a\",\"timestamp\":20},{\"author\":\"a\",\"timestamp\":10}]}");

        Session session = only(open(""));

        assertThat(session.key()).isEqualTo(new SessionKey("adk-json", "user", "x"));
        assertThat(session.updateTime()).isEqualTo(Instant.ofEpochSecond(20));
        assertThat(session.events()).extracting(SessionEvent::id).containsExactly("event-2", "event-1");
    }

    @Test
    void sharedState_ofSeveralDumps_isTheNewestOfEachKey() throws IOException {
        Files.writeString(folder.resolve("a.json"), dump("a", 30, "{\"app:x\":\"new\",\"user:u\":1,\"own\":1}"));
        Files.writeString(folder.resolve("b.json"), dump("b", 20, "{\"app:x\":\"old\",\"app:y\":2}"));
        SessionService service = open("");

        assertThat(service.findSharedState(SharedScope.app("shop")).get("x").value())
                .isEqualTo("new");
        assertThat(service.findSharedState(SharedScope.app("shop")).get("x").writeTime())
                .contains(Instant.ofEpochSecond(30));
        assertThat(service.find(new SessionKey("shop", "u", "b"), EventSelection.none()))
                .map(Session::state)
                .contains(Map.of("app:x", "new", "app:y", 2L, "user:u", 1L));
        assertThat(service.scanSharedScopes(ScanCursor.START, 10).scopes())
                .containsExactlyInAnyOrder(SharedScope.app("shop"), SharedScope.user("shop", "u"));
    }

    private static String dump(String id, int time, String state) {
        return "{\"id\":\"" + id + "\",\"app_name\":\"shop\",\"user_id\":\"u\",\"last_update_time\":" + time
                + ",\"state\":" + state + ",\"events\":[]}";
    }

    @Test
    void scan_overWhatIsNoDump_tellsEachAndGoesOn(@TempDir Path outside) throws IOException {
        Path below = Files.createDirectory(folder.resolve("below"));
        Files.writeString(folder.resolve("a.json"), dump("a", 1, "{}"));
        Files.writeString(below.resolve("b.json"), dump("b", 1, "{}"));
        Files.writeString(folder.resolve("notes.txt"), "no dump");
        Files.writeString(folder.resolve("again.json"), dump("b", 1, "{}"));
        Files.writeString(folder.resolve("empty.json"), "");
        Files.writeString(folder.resolve("half.json"), "{\"id\":\"secret");
        Files.writeString(folder.resolve("list.json"), "[\"secret\"]");
        Files.writeString(folder.resolve("state.json"), "{\"id\":\"x\",\"state\":\"secret\"}");
        Files.writeString(folder.resolve("event.json"), "{\"id\":\"x\",\"events\":[{\"timestamp\":\"secret\"}]}");
        Files.writeString(outside.resolve("out.json"), dump("out", 1, "{}"));
        Files.createSymbolicLink(folder.resolve("link.json"), outside.resolve("out.json"));
        Files.createSymbolicLink(folder.resolve("linked"), outside);
        SessionService service = open("");

        ScanPage page = service.scan(ScanCursor.START, 100);

        assertThat(page.sessions())
                .extracting(summary -> summary.key().sessionId())
                .containsExactlyInAnyOrder("a", "b");
        assertThat(page.unreadable())
                .extracting(UnreadableRecord::location)
                .containsExactlyInAnyOrder(
                        "below/b.json".replace("/", folder.getFileSystem().getSeparator()),
                        "empty.json",
                        "half.json",
                        "list.json",
                        "state.json",
                        "event.json",
                        "link.json",
                        "linked");
        assertThat(page.unreadable())
                .allSatisfy(record -> assertThat(record.reason()).isNotEmpty().doesNotContain("secret"));
        ScanPage first = service.scan(ScanCursor.START, 4);
        assertThat(first.sessions().size() + first.unreadable().size()).isEqualTo(4);
        assertThat(service.scan(first.next().orElseThrow(), 100).next()).isEmpty();
    }

    @Test
    void write_toDumps_isUnsupported() {
        SessionService service = open("");

        assertThat(service.capabilities()).doesNotContain(Capability.WRITE);
        assertThatThrownBy(() -> service.append(
                        new SessionKey("a", "u", "s"),
                        SessionEvent.builder("e", "user", Instant.EPOCH).build()))
                .isInstanceOfSatisfying(
                        SessionException.class, e -> assertThat(e.code()).isEqualTo(SessionErrorCode.UNSUPPORTED));
    }

    @Test
    void open_ofAMissingFolder_saysSo() {
        assertThatThrownBy(() -> SessionStores.open("file:" + folder + "/absent?layout=adk-json"))
                .isInstanceOfSatisfying(
                        SessionException.class, e -> assertThat(e.code()).isEqualTo(SessionErrorCode.STORE_NOT_FOUND));
        assertThatThrownBy(() -> open("&create=true")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void scan_ofRealDumps_readsThemAll() {
        Path dumps = Path.of("..", "..", "shared", "data", "adk-sessions");
        assumeTrue(Files.isDirectory(dumps), "the real dumps are not beside the checkout");
        SessionService service = SessionStores.open("file:" + dumps + "?layout=adk-json");

        ScanPage page = service.scan(ScanCursor.START, 100);

        assertThat(page.unreadable()).isEmpty();
        assertThat(page.sessions())
                .isNotEmpty()
                .allSatisfy(summary -> assertThat(service.find(summary.key(), EventSelection.all()))
                        .isPresent());
    }
}
