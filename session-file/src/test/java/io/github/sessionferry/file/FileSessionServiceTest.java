package io.github.sessionferry.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

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
import io.github.sessionferry.core.SessionStores;
import io.github.sessionferry.core.SessionSummary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileSessionServiceTest {

    private static final SessionKey KEY = new SessionKey("app", "user", "s1");

    @TempDir
    Path parent;

    private Path folder;
    private FileSessionService service;

    @BeforeEach
    void open() {
        folder = parent.resolve("store");
        service = FileSessionService.builder(folder).createIfMissing().build();
    }

    private List<Path> recordFiles(String kind) throws IOException {
        try (Stream<Path> files = Files.walk(folder.resolve(kind))) {
            return files.filter(Files::isRegularFile).toList();
        }
    }

    private Path onlySessionFile() throws IOException {
        assertThat(recordFiles("sessions")).hasSize(1);
        return recordFiles("sessions").get(0);
    }

    @Test
    void list_ofAFolder_bringsTheFirstNamesAfterAGivenOne(@TempDir Path many) throws IOException {
        for (int i = 0; i < 30; i++) {
            Files.createFile(many.resolve("%02d.json".formatted(i * 7 % 30)));
        }

        assertThat(new StoreFolder(many).list(many, "04.json", 3)).containsExactly("05.json", "06.json", "07.json");
        assertThat(new StoreFolder(many).list(many, "27.json", 3)).containsExactly("28.json", "29.json");
    }

    @Test
    void scan_ofMoreNamesThanAreReadAtOnce_bringsEachOnce() throws IOException {
        service.create(NewSession.builder(KEY).build());
        Path shard = onlySessionFile().getParent();
        for (int i = 0; i < 2 * Records.NAMES_AT_ONCE; i++) {
            Files.createFile(shard.resolve("%04d.json".formatted(i)));
        }

        Set<String> names = new HashSet<>();
        int found = 0;
        Optional<ScanCursor> next = Optional.of(ScanCursor.START);
        while (next.isPresent()) {
            ScanPage page = service.scan(next.get(), 700);
            page.unreadable().forEach(record -> names.add(record.location()));
            found += page.sessions().size() + page.unreadable().size();
            next = page.next();
        }

        assertThat(names).hasSize(2 * Records.NAMES_AT_ONCE);
        assertThat(found).isEqualTo(2 * Records.NAMES_AT_ONCE + 1);
    }

    @Test
    void create_withHostileIds_staysInTheFolderUnderNamesThatNoFileSystemConfuses() throws IOException {
        List<String> ids = List.of(
                "../../etc/passwd",
                "/abs",
                "..",
                ".",
                "CON",
                "con",
                "a:b",
                "a\\b",
                "a\nb",
                "a\u0000b",
                "S1",
                "s1",
                "\u00e9",
                "e\u0301",
                "\ud800",
                "\ud801",
                "😀",
                "x".repeat(10_000),
                "x".repeat(10_001),
                " ",
                "a.json",
                "*?<>|\"");

        for (String id : ids) {
            service.create(NewSession.builder(new SessionKey(id, id, id))
                    .state(Map.of("id", id))
                    .build());
        }

        Set<String> names = new HashSet<>();
        for (Path file : recordFiles("sessions")) {
            String name = file.getFileName().toString();
            assertThat(name).matches("[a-z0-9_-]{1,40}(\\.[0-9a-f]{8}){2}\\.[0-9a-f]{40}\\.json");
            names.add(name.toLowerCase(Locale.ROOT));
        }
        assertThat(names).hasSize(ids.size());
        assertThat(ids)
                .allSatisfy(id -> assertThat(service.find(new SessionKey(id, id, id), EventSelection.all()))
                        .map(session -> session.state().get("id"))
                        .contains(id));
        try (Stream<Path> outside = Files.list(parent)) {
            assertThat(outside).containsExactly(folder);
        }
    }

    @Test
    void create_ofAnything_isReadableByTheOwnerOnly() throws IOException {
        assumeTrue(folder.getFileSystem().supportedFileAttributeViews().contains("posix"), "no POSIX permissions here");

        service.create(
                NewSession.builder(KEY).state(Map.of("app:a", 1, "own", 2)).build());

        try (Stream<Path> all = Files.walk(folder)) {
            assertThat(all)
                    .allSatisfy(path -> assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                            .isEqualTo(Files.isDirectory(path) ? "rwx------" : "rw-------"));
        }
    }

    @Test
    void scan_overBrokenFiles_tellsThemAndGoesOn() throws IOException {
        for (int i = 0; i < 20; i++) {
            service.create(NewSession.builder("app", "user").sessionId("s" + i).build());
        }
        List<Path> files = recordFiles("sessions");
        Files.writeString(files.get(0), "");
        Files.writeString(files.get(1), "{\"secret\": 1");
        Files.writeString(files.get(2), "[\"secret\"]");
        Files.writeString(files.get(3), Files.readString(files.get(4)));
        Files.write(files.get(5), new byte[] {(byte) 0xff});
        Path target = parent.resolve("elsewhere.json");
        Files.move(files.get(6), target);
        Files.createSymbolicLink(files.get(6), target);
        Files.delete(files.get(7));
        Files.createDirectory(files.get(7));
        Files.writeString(files.get(8).resolveSibling("leftover.json.tmp"), "{");

        List<SessionSummary> found = new ArrayList<>();
        List<String> broken = new ArrayList<>();
        Optional<ScanCursor> next = Optional.of(ScanCursor.START);
        while (next.isPresent()) {
            ScanPage page = service.scan(next.get(), 3);
            found.addAll(page.sessions());
            page.unreadable().forEach(record -> broken.add(record.location()));
            assertThat(page.unreadable())
                    .allSatisfy(
                            record -> assertThat(record.reason()).isNotEmpty().doesNotContain("secret"));
            next = page.next();
        }

        assertThat(found).hasSize(13).doesNotHaveDuplicates();
        assertThat(broken)
                .containsExactlyInAnyOrderElementsOf(Stream.of(0, 1, 2, 3, 5, 6, 7)
                        .map(i -> folder.relativize(files.get(i)).toString())
                        .toList());
    }

    @Test
    void find_ofABrokenFile_saysCorruptAndLeavesIt() throws IOException {
        service.create(NewSession.builder(KEY).build());
        Files.writeString(onlySessionFile(), "{\"secret\"");

        assertThatThrownBy(() -> service.find(KEY, EventSelection.all()))
                .isInstanceOfSatisfying(SessionException.class, e -> {
                    assertThat(e.code()).isEqualTo(SessionErrorCode.CORRUPT);
                    assertThat(e).message().contains("sessions").doesNotContain("secret");
                });
        assertThatThrownBy(() -> service.append(
                        KEY, SessionEvent.builder("e", "user", Instant.EPOCH).build()))
                .isInstanceOf(SessionException.class);
        assertThat(onlySessionFile()).hasContent("{\"secret\"");
    }

    @Test
    void append_overALeftoverOfACrash_replacesIt() throws IOException {
        service.create(NewSession.builder(KEY).build());
        Path file = onlySessionFile();
        Files.writeString(file.resolveSibling(file.getFileName() + ".tmp"), "{\"half");

        service.append(KEY, SessionEvent.builder("e", "user", Instant.EPOCH).build());

        assertThat(onlySessionFile()).isEqualTo(file);
        assertThat(service.find(KEY, EventSelection.all()))
                .map(session -> session.events().size())
                .contains(1);
    }

    @Test
    void store_ofAnEqualSession_writesNothing() throws IOException {
        Session session = Session.builder(KEY, Instant.EPOCH)
                .state(Map.of("a", 1, "app:ignored", 2))
                .fields(Map.of("status", "open"))
                .build();
        service.store(session, Precondition.none());
        String before = Files.readString(onlySessionFile());

        service.store(session, Precondition.none());

        assertThat(onlySessionFile()).hasContent(before);
        assertThat(before).doesNotContain("ignored");
        assertThat(recordFiles("shared")).isEmpty();
    }

    @Test
    @SuppressWarnings("try") // the lock is held, not used
    void append_whileAnotherHoldsTheLock_endsAtTheTimeout() {
        service.create(NewSession.builder(KEY).build());
        FileSessionService impatient = FileSessionService.builder(folder)
                .lockTimeout(Duration.ofMillis(50))
                .build();
        String shard = FileNames.Location.folder(FileNames.of(KEY).shard());
        FileLocks locks = new FileLocks(folder.resolve("locks").toAbsolutePath(), Duration.ofSeconds(1));

        SessionErrorCode[] code = new SessionErrorCode[1];
        try (FileLocks.Held held = locks.acquire("sessions-" + shard)) {
            Thread other = new Thread(() -> {
                try {
                    impatient.append(
                            KEY,
                            SessionEvent.builder("e", "user", Instant.EPOCH).build());
                } catch (SessionException e) {
                    code[0] = e.code();
                }
            });
            other.start();
            other.join();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }

        assertThat(code[0]).isEqualTo(SessionErrorCode.UNAVAILABLE);
    }

    @Test
    void append_byTwoProcesses_losesNothing() throws Exception {
        service.create(NewSession.builder(KEY).state(Map.of("app:first", 0)).build());
        List<Process> processes = new ArrayList<>();
        for (String writer : List.of("a", "b")) {
            processes.add(new ProcessBuilder(
                            ProcessHandle.current().info().command().orElse("java"),
                            "-cp",
                            System.getProperty("java.class.path"),
                            AppendingProcess.class.getName(),
                            folder.toString(),
                            writer)
                    .inheritIO()
                    .start());
        }

        for (Process process : processes) {
            assertThat(process.waitFor()).isZero();
        }

        Session session = service.find(KEY, EventSelection.all()).orElseThrow();
        assertThat(session.events()).hasSize(2 * AppendingProcess.EVENTS + 1);
        assertThat(session.state()).hasSize(1 + 2 * 2 * AppendingProcess.EVENTS);
    }

    @Test
    void open_ofAMissingStore_saysWhatToDo() {
        assertThatThrownBy(() -> SessionStores.open("file:" + parent.resolve("absent")))
                .isInstanceOfSatisfying(
                        SessionException.class, e -> assertThat(e.code()).isEqualTo(SessionErrorCode.STORE_NOT_FOUND))
                .hasMessageContaining("create=true");
        assertThatThrownBy(() -> SessionStores.open("file:" + parent.resolve("absent/deeper") + "?create=true"))
                .hasMessageContaining("make it first");
        assertThatThrownBy(() -> SessionStores.open("file:" + folder + "?layout=tar"))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> SessionStores.open("file:" + folder + "?app=x"))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> SessionStores.open("file:?layout=agent")).isInstanceOf(IllegalArgumentException.class);
        assertThat(SessionStores.open("file:" + parent.resolve("new") + "?create=true")
                        .name())
                .endsWith("new");
    }
}
