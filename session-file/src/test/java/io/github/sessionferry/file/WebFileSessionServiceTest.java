package io.github.sessionferry.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

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
import io.github.sessionferry.core.SessionQuery;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.SessionStores;
import io.github.sessionferry.core.SessionSummary;
import io.github.sessionferry.core.TaggedValue;
import io.github.sessionferry.core.UnreadableRecord;
import io.github.sessionferry.testkit.TestClock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WebFileSessionServiceTest {

    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00.123456Z");
    private static final Instant LONG_AGO = Instant.parse("2026-02-01T00:00:00.000001Z");
    private static final String SEED =
            "{\"logged_in\": true, \"username\": \"admin\", \"user_id\": 12345, \"lang\": \"jp\", \"rating\": 4.5}";

    @TempDir
    Path parent;

    private final TestClock clock = TestClock.at(NOW);
    private Path folder;
    private SessionService service;

    @BeforeEach
    void open() throws IOException {
        folder = Files.createDirectory(parent.resolve("sessions"));
        service = builder().build();
    }

    private WebFileSessionService.Builder builder() {
        return WebFileSessionService.builder(folder)
                .appName("shop")
                .userKey("user_id")
                .clock(clock);
    }

    private Path write(String name, String content) throws IOException {
        Path file = Files.writeString(folder.resolve(name), content);
        Files.setLastModifiedTime(file, FileTime.from(LONG_AGO));
        return file;
    }

    private static SessionKey key(String user, String id) {
        return new SessionKey("shop", user, id);
    }

    private Optional<Session> find(SessionKey key) {
        return service.find(key, EventSelection.all());
    }

    private static SessionEvent delta(Instant time, Map<String, ?> delta) {
        return SessionEvent.builder("e", "user", time).stateDelta(delta).build();
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(Files::isRegularFile).toList();
        }
    }

    private record Scanned(List<SessionKey> keys, List<UnreadableRecord> unreadable) {}

    private static Scanned scan(SessionService service, ScanCursor from, int limit) {
        Scanned all = new Scanned(new ArrayList<>(), new ArrayList<>());
        Optional<ScanCursor> next = Optional.of(from);
        while (next.isPresent()) {
            ScanPage page = service.scan(next.get(), limit);
            page.sessions().stream().map(SessionSummary::key).forEach(all.keys()::add);
            all.unreadable().addAll(page.unreadable());
            next = page.next();
        }
        return all;
    }

    @Test
    void find_aFileOfTheApplication_isItsStateWithTypesUserAndTime() throws IOException {
        write("sess_abc", SEED);

        Session session = find(key("12345", "abc")).orElseThrow();

        assertThat(session.state())
                .isEqualTo(
                        Map.of("logged_in", true, "username", "admin", "user_id", 12345L, "lang", "jp", "rating", 4.5));
        assertThat(session.updateTime()).isEqualTo(LONG_AGO);
        assertThat(session.createTime()).isEmpty();
        assertThat(session.expireTime()).isEmpty();
        assertThat(find(key("", "abc"))).isEmpty();
        assertThat(find(key("12346", "abc"))).isEmpty();
        assertThat(find(new SessionKey("other", "12345", "abc"))).isEmpty();
    }

    @Test
    void find_ofReadOnlyUse_makesNothingInTheFolder() throws IOException {
        write("sess_abc", SEED);

        find(key("12345", "abc"));
        find(key("", "nobody"));
        scan(service, ScanCursor.START, 10);
        service.list(SessionQuery.ofApp("shop"), ScanCursor.START, 10);
        service.estimatedSessions();

        try (Stream<Path> all = Files.list(folder)) {
            assertThat(all).containsExactly(folder.resolve("sess_abc"));
        }
    }

    @Test
    void find_withoutAUserKey_isTheVisitors() throws IOException {
        write("sess_abc", SEED);

        SessionService anonymous = WebFileSessionService.builder(folder).build();

        assertThat(anonymous.find(new SessionKey("web", "", "abc"), EventSelection.all()))
                .map(session -> session.state().get("user_id"))
                .contains(12345L);
    }

    @Test
    void store_aPlainSession_isTheJsonThatTheApplicationReads() throws IOException {
        Map<String, Object> state = new LinkedHashMap<>();
        state.put("user_id", 7L);
        state.put("lang", "jp");
        state.put("rating", 4.5);
        state.put("ratio", 1.0);

        service.store(Session.builder(key("7", "xyz"), LONG_AGO).state(state).build(), Precondition.absent());

        assertThat(folder.resolve("sess_xyz"))
                .hasContent("{\"user_id\":7,\"lang\":\"jp\",\"rating\":4.5,\"ratio\":1.0}");
        assertThat(Files.getLastModifiedTime(folder.resolve("sess_xyz")).toInstant())
                .isEqualTo(LONG_AGO);
    }

    @Test
    void store_whatNoFileTells_standsBesideAndComesBack() throws IOException {
        Session session = Session.builder(key("7", "xyz"), LONG_AGO)
                .state(Map.of("user_id", 7L, "blob", Bytes.copyOf(new byte[] {1}), "at", NOW))
                .createTime(LONG_AGO.minusSeconds(5))
                .fields(Map.of("tier", "gold"))
                .build();

        service.store(session, Precondition.absent());

        assertThat(find(session.key())).contains(session);
        assertThat(Files.readString(folder.resolve("sess_xyz")))
                .contains("\"user_id\":7")
                .doesNotContain("gold");
    }

    @Test
    void store_aTimeThatTheFileSystemCannotKeep_comesBackUntilTheApplicationWrites() throws IOException {
        Session session = Session.builder(key("", "old"), Instant.parse("0001-01-01T00:00:00.000001Z"))
                .build();

        service.store(session, Precondition.absent());
        Optional<Session> stored = find(session.key());
        write("sess_old", "{}");

        assertThat(stored).contains(session);
        assertThat(find(session.key()).orElseThrow().updateTime()).isEqualTo(LONG_AGO);
    }

    @Test
    void create_ofAUserWhomTheStateDoesNotName_isKeptButIsNoFileOfTheApplication() throws IOException {
        Session created = service.create(
                NewSession.builder(key("7", "abc")).state(Map.of("a", 1)).build());

        assertThat(find(created.key())).contains(created);
        assertThat(find(created.key()).orElseThrow().state()).isEqualTo(Map.of("a", 1L));
        assertThat(files()).isEmpty();
        assertThat(scan(service, ScanCursor.START, 10).keys()).containsExactly(created.key());
    }

    @Test
    void append_aLogin_makesItTheUsersSession() throws IOException {
        service.create(
                NewSession.builder(key("", "abc")).state(Map.of("lang", "jp")).build());

        service.append(key("", "abc"), delta(NOW.plusSeconds(1), Map.of("user_id", 9)));

        assertThat(find(key("", "abc"))).isEmpty();
        assertThat(find(key("9", "abc")).orElseThrow().state()).isEqualTo(Map.of("lang", "jp", "user_id", 9L));
        assertThat(scan(service, ScanCursor.START, 10).keys()).containsExactly(key("9", "abc"));
        assertThat(files()).containsExactly(folder.resolve("sess_abc"));
    }

    @Test
    void append_aLogin_keepsWhatStandsBeside() {
        Session visitor = Session.builder(key("", "abc"), LONG_AGO)
                .createTime(LONG_AGO)
                .fields(Map.of("tier", 1L))
                .build();
        service.store(visitor, Precondition.none());

        service.append(visitor.key(), delta(LONG_AGO, Map.of("user_id", "u")));

        assertThat(find(key("u", "abc")))
                .contains(Session.builder(key("u", "abc"), LONG_AGO)
                        .createTime(LONG_AGO)
                        .fields(Map.of("tier", 1L))
                        .state(Map.of("user_id", "u"))
                        .build());
    }

    @Test
    void append_aLogout_andStoreUnderTheUser_keepBothSessionsApart() throws IOException {
        write("sess_abc", SEED);

        service.append(key("12345", "abc"), delta(NOW, Map.of("user_id", TaggedValue.REMOVED)));
        service.store(
                Session.builder(key("12345", "abc"), NOW)
                        .state(Map.of("user_id", 12345))
                        .build(),
                Precondition.absent());

        assertThat(find(key("", "abc")).orElseThrow().state()).containsEntry("username", "admin");
        assertThat(find(key("12345", "abc")).orElseThrow().state()).isEqualTo(Map.of("user_id", 12345L));
    }

    @Test
    void store_ofAStateThatNoLongerNamesTheUser_leavesNoFileUnderAnothersName() throws IOException {
        write("sess_abc", SEED);
        Session without = Session.builder(key("12345", "abc"), NOW)
                .state(Map.of("lang", "en"))
                .build();

        service.store(without, Precondition.none());

        assertThat(find(key("12345", "abc"))).contains(without);
        assertThat(find(key("", "abc"))).isEmpty();
        assertThat(files()).isEmpty();
    }

    @Test
    void append_thatChangesNothing_leavesTheFileAlone() throws IOException {
        Path file = write("sess_abc", SEED);

        AppendOutcome outcome = service.append(key("12345", "abc"), delta(LONG_AGO, Map.of("lang", "jp")));

        assertThat(outcome).isEqualTo(AppendOutcome.ALREADY_PRESENT);
        assertThat(file).hasContent(SEED);
    }

    @Test
    void append_keepsKeysWithAPrefixThatTheApplicationWrote() throws IOException {
        Path file = write("sess_abc", "{\"user:theme\": \"dark\", \"n\": 1}");

        service.append(key("", "abc"), delta(NOW, Map.of("n", 2, "user:theme", "light")));
        service.store(Session.builder(key("", "abc"), NOW).state(Map.of("n", 3)).build(), Precondition.none());

        assertThat(Files.readString(file)).contains("\"user:theme\":\"dark\"").contains("\"n\":3");
    }

    @Test
    void revision_changesWithTheApplicationsOwnWrites() throws IOException {
        Path file = write("sess_abc", SEED);
        String first = find(key("12345", "abc")).orElseThrow().revision().orElseThrow();

        write("sess_abc", SEED.replace("jp", "en"));

        assertThat(service.delete(key("12345", "abc"), Precondition.revision(first)))
                .isEqualTo(DeleteOutcome.CONFLICT);
        assertThat(file).exists();
    }

    @Test
    void find_whileTheApplicationWritesTheFile_waitsForTheRest() throws IOException {
        Path file = Files.writeString(folder.resolve("sess_abc"), SEED.substring(0, 30));
        Clock asked = new Clock() {
            @Override
            public Instant instant() {
                try {
                    Files.writeString(file, SEED);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
                return NOW;
            }

            @Override
            public ZoneId getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
                return this;
            }
        };

        Optional<Session> found = builder().clock(asked).build().find(key("12345", "abc"), EventSelection.all());

        assertThat(found.orElseThrow().state()).hasSize(5);
    }

    @Test
    void find_ofASessionPastItsTtl_isAbsentAndTheFileStays() throws IOException {
        Path file = write("sess_abc", SEED);
        SessionService expiring = builder().ttl(Duration.ofDays(30)).build();

        Optional<Session> before = expiring.find(key("12345", "abc"), EventSelection.all());
        clock.advance(Duration.ofDays(2));

        assertThat(before).map(Session::expireTime).contains(Optional.of(LONG_AGO.plus(Duration.ofDays(30))));
        assertThat(expiring.find(key("12345", "abc"), EventSelection.all())).isEmpty();
        assertThat(scan(expiring, ScanCursor.START, 10).keys()).isEmpty();
        assertThat(file).exists();
    }

    @Test
    void create_withHostileIds_staysInTheFolder() throws IOException {
        List<String> ids = List.of(
                "../x", "/abs", "..", "a/b", "a\\b", "a:b", "a\nb", "a\0b", "x".repeat(300), "\ud800", "é", " ");

        for (String id : ids) {
            service.create(
                    NewSession.builder(key("", id)).state(Map.of("id", id)).build());
        }

        assertThat(files()).containsExactly(folder.resolve("sess_.."));
        assertThat(ids)
                .allSatisfy(id -> assertThat(find(key("", id)))
                        .map(session -> session.state().get("id"))
                        .contains(id));
        try (Stream<Path> outside = Files.list(parent)) {
            assertThat(outside).containsExactly(folder);
        }
    }

    @Test
    void create_ofAnything_isReadableByTheOwnerOnly() throws IOException {
        assumeTrue(folder.getFileSystem().supportedFileAttributeViews().contains("posix"), "no POSIX permissions here");

        service.create(NewSession.builder(key("", "abc")).build());
        service.create(NewSession.builder(key("7", "abc")).build());

        try (Stream<Path> all = Files.walk(folder)) {
            assertThat(all.filter(path -> !path.equals(folder)))
                    .isNotEmpty()
                    .allSatisfy(path -> assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                            .isEqualTo(Files.isDirectory(path) ? "rwx------" : "rw-------"));
        }
    }

    @Test
    void append_toAFileThatOthersMayRead_leavesItSo() throws IOException {
        assumeTrue(folder.getFileSystem().supportedFileAttributeViews().contains("posix"), "no POSIX permissions here");
        Path file = write("sess_abc", SEED);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));

        service.append(key("12345", "abc"), delta(NOW, Map.of("lang", "en")));

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-r-----");
        assertThat(Files.readString(file)).contains("\"lang\":\"en\"");
    }

    private Map<String, String> brokenFiles() throws IOException {
        write("sess_empty", "");
        write("sess_half", "{\"secret\": \"s3");
        write("sess_list", "[\"s3cr3t\"]");
        write("sess_two", "{\"a\": 1} {\"s3cr3t\": 2}");
        write("sess_deep", "[".repeat(2_000));
        write("sess_large", "{\"a\": \"" + "x".repeat(5 << 20) + "\"}");
        Files.write(folder.resolve("sess_bytes"), new byte[] {'{', (byte) 0xff});
        Path outside = Files.writeString(parent.resolve("outside"), SEED);
        Files.createSymbolicLink(folder.resolve("sess_link"), outside);
        Files.createDirectory(folder.resolve("sess_folder"));
        write("sess_with space", SEED);
        Map<String, String> reasons = new LinkedHashMap<>();
        reasons.put("sess_empty", "empty");
        reasons.put("sess_half", "JSON");
        reasons.put("sess_list", "no object");
        reasons.put("sess_two", "something follows");
        reasons.put("sess_deep", "JSON");
        reasons.put("sess_large", "maxBytes");
        reasons.put("sess_bytes", "UTF-8");
        reasons.put("sess_link", "symbolic link");
        reasons.put("sess_folder", "folder");
        reasons.put("sess_with space", "name");
        return reasons;
    }

    @Test
    void scan_overBrokenFiles_tellsEachAndGoesOn() throws IOException {
        Map<String, String> reasons = brokenFiles();
        write("sess_good", SEED);
        write("unrelated.json", "no session");

        Scanned scanned = scan(service, ScanCursor.START, 3);

        assertThat(scanned.keys()).containsExactly(key("12345", "good"));
        assertThat(scanned.unreadable())
                .extracting(UnreadableRecord::location)
                .containsExactlyInAnyOrderElementsOf(reasons.keySet());
        assertThat(scanned.unreadable())
                .allSatisfy(record -> assertThat(record.reason())
                        .contains(String.valueOf(reasons.get(record.location())))
                        .doesNotContain("s3"));
        assertThat(files()).hasSize(reasons.size() + 2 - 1);
    }

    @Test
    void find_ofABrokenFile_saysCorruptAndNobodyOverwritesIt() throws IOException {
        Path file = write("sess_half", "{\"secret\": \"s3");

        assertThatThrownBy(() -> find(key("", "half")))
                .isInstanceOfSatisfying(
                        SessionException.class, e -> assertThat(e.code()).isEqualTo(SessionErrorCode.CORRUPT))
                .hasMessageNotContaining("s3");
        assertThatThrownBy(() ->
                        service.store(Session.builder(key("", "half"), NOW).build(), Precondition.none()))
                .isInstanceOf(SessionException.class);
        assertThat(file).hasContent("{\"secret\": \"s3");
    }

    @Test
    void scan_withQuarantine_movesBrokenFilesAsideUnderTheirNames() throws IOException {
        write("sess_half", "{\"half");
        Files.createSymbolicLink(folder.resolve("sess_link"), write("outside", SEED));
        write("sess_good", SEED);
        write("sess_fresh", "{");
        clock.advance(Duration.ofDays(20_000));
        Files.setLastModifiedTime(
                folder.resolve("sess_fresh"), FileTime.from(clock.instant().minusSeconds(30)));
        SessionService moving = builder().quarantine().build();

        Scanned first = scan(moving, ScanCursor.START, 10);
        write("sess_half", "{\"again");
        scan(moving, ScanCursor.START, 10);

        assertThat(first.unreadable())
                .filteredOn(record -> record.location().equals("sess_half"))
                .allSatisfy(record -> assertThat(record.reason()).contains("moved to .session-ferry/quarantine"));
        assertThat(folder.resolve(".session-ferry/quarantine/sess_half")).hasContent("{\"half");
        assertThat(folder.resolve(".session-ferry/quarantine/sess_half.2")).hasContent("{\"again");
        assertThat(folder.resolve(".session-ferry/quarantine/sess_link")).isSymbolicLink();
        assertThat(folder.resolve("sess_fresh")).exists();
        assertThat(folder.resolve("sess_good")).exists();
    }

    @Test
    void scan_ofMoreFilesThanOnePassKeeps_isEachOnceInAnyProcess() throws IOException {
        Set<SessionKey> keys = new HashSet<>();
        for (int i = 0; i < 400; i++) {
            write("sess_s" + i, "{}");
            keys.add(key("", "s" + i));
        }
        SessionService first = builder().namesAPass(7).build();
        SessionService second = builder().namesAPass(13).build();

        List<SessionKey> scanned = new ArrayList<>();
        int pages = 0;
        for (ScanCursor partition : first.scanPartitions(3)) {
            Optional<ScanCursor> next = Optional.of(partition);
            while (next.isPresent()) {
                ScanPage page = (pages++ % 3 == 0 ? second : first)
                        .scan(new ScanCursor(next.get().token()), 5);
                page.sessions().forEach(session -> scanned.add(session.key()));
                next = page.next();
            }
        }

        assertThat(scanned).hasSize(400);
        assertThat(new HashSet<>(scanned)).isEqualTo(keys);
    }

    @Test
    void scan_begunLater_seesWhatCameAfterAnEarlierScanOfTheSameService() throws IOException {
        for (int i = 0; i < 20; i++) {
            write("sess_s" + i, "{}");
        }
        ScanPage earlier = service.scan(ScanCursor.START, 5);
        write("sess_z", "{}");

        Scanned later = scan(service, ScanCursor.START, 5);

        assertThat(earlier.next()).isPresent();
        assertThat(later.keys()).hasSize(21).contains(key("", "z"));
    }

    @Test
    void append_byTwoProcesses_losesNothing() throws Exception {
        write("sess_s1", "{}");
        List<Process> processes = new ArrayList<>();
        for (String writer : List.of("a", "b")) {
            processes.add(new ProcessBuilder(
                            ProcessHandle.current().info().command().orElse("java"),
                            "-cp",
                            System.getProperty("java.class.path"),
                            WebAppendingProcess.class.getName(),
                            folder.toString(),
                            writer)
                    .inheritIO()
                    .start());
        }

        for (Process process : processes) {
            assertThat(process.waitFor()).isZero();
        }

        assertThat(find(key("", "s1")).orElseThrow().state()).hasSize(2 * WebAppendingProcess.APPENDS);
    }

    @Test
    void list_ofAUser_isTheirsOnly() throws IOException {
        write("sess_a", "{\"user_id\": 1}");
        write("sess_b", "{\"user_id\": \"1\"}");
        write("sess_c", "{\"user_id\": 2}");
        write("sess_d", "{\"user_id\": null}");
        service.create(NewSession.builder(key("1", "own")).build());

        assertThat(service.list(SessionQuery.ofUser("shop", "1"), ScanCursor.START, 10)
                        .sessions())
                .extracting(summary -> summary.key().sessionId())
                .containsExactlyInAnyOrder("a", "b", "own");
        assertThat(service.list(SessionQuery.ofUser("shop", ""), ScanCursor.START, 10)
                        .sessions())
                .extracting(summary -> summary.key().sessionId())
                .containsExactly("d");
        assertThat(service.estimatedSessions()).hasValue(5);
    }

    @Test
    void store_ofMoreThanTheLargestFile_isRefused() {
        SessionService small = builder().maxBytes(100).build();
        Session session = Session.builder(key("", "abc"), NOW)
                .state(Map.of("a", "s3cr3t".repeat(20)))
                .build();

        assertThatThrownBy(() -> small.store(session, Precondition.none()))
                .isInstanceOfSatisfying(
                        SessionException.class, e -> assertThat(e.code()).isEqualTo(SessionErrorCode.INVALID_SESSION))
                .hasMessageNotContaining("s3cr3t");
        assertThat(small.find(session.key(), EventSelection.all())).isEmpty();
    }

    @Test
    void storeSharedState_isRefused() {
        assertThatThrownBy(() -> service.storeSharedState(key("", "a").appScope(), Map.of()))
                .isInstanceOfSatisfying(
                        SessionException.class, e -> assertThat(e.code()).isEqualTo(SessionErrorCode.UNSUPPORTED));
    }

    @Test
    void open_byAddress_knowsItsParametersAndSaysWhatIsWrong() throws IOException {
        write("sess_abc", SEED);
        String address = "file:" + folder + "?layout=web";

        SessionService opened = SessionStores.open(
                address + "&app=shop&userKey=user_id&ttl=7d&maxBytes=1000000&quarantine=false&timeout=1s");

        assertThat(opened).isInstanceOf(WebFileSessionService.class);
        assertThat(opened.capabilities()).isEqualTo(service.capabilities());
        assertThatThrownBy(() -> SessionStores.open(address + "&user=x"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("userKey");
        assertThatThrownBy(() -> SessionStores.open(address + "&maxBytes=99999999999"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("maxBytes");
        assertThatThrownBy(() -> SessionStores.open(address + "&app="))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("application");
        assertThatThrownBy(() -> SessionStores.open("file:" + parent.resolve("absent") + "?layout=web"))
                .isInstanceOfSatisfying(
                        SessionException.class, e -> assertThat(e.code()).isEqualTo(SessionErrorCode.STORE_NOT_FOUND))
                .hasMessageContaining("create=true");
    }

    @Test
    void open_ofAFolderThatMayNotBeRead_saysSo() throws IOException {
        Files.setPosixFilePermissions(folder, Set.of());
        assumeFalse(Files.isReadable(folder), "this user may read everything");

        assertThatThrownBy(() -> builder().build())
                .isInstanceOfSatisfying(
                        SessionException.class, e -> assertThat(e.code()).isEqualTo(SessionErrorCode.PERMISSION_DENIED))
                .hasMessageContaining("may not be read");
    }
}
