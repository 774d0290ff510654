package io.github.sessionferry.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.github.sessionferry.core.Capability;
import io.github.sessionferry.core.EventSelection;
import io.github.sessionferry.core.Precondition;
import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionErrorCode;
import io.github.sessionferry.core.SessionException;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.SessionStores;
import io.github.sessionferry.core.SharedScope;
import io.github.sessionferry.core.SharedValue;
import io.github.sessionferry.core.UnreadableRecord;
import io.github.sessionferry.testkit.FaultySessionService;
import io.github.sessionferry.testkit.InMemorySessionService;
import io.github.sessionferry.testkit.SessionFaults;
import io.github.sessionferry.testkit.SessionOperation;
import io.github.sessionferry.testkit.TestClock;
import io.github.sessionferry.testkit.generators.SessionSamples;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class BackupTest {

    private static final int SESSIONS = 100;
    private static final int EVENTS = 3;

    @TempDir
    private Path temporary;

    private final TestClock clock = TestClock.at(Samples.T0);
    private final InMemorySessionService source =
            InMemorySessionService.builder().clock(clock).build();
    private final InMemorySessionService target =
            InMemorySessionService.builder().clock(clock).build();
    private final SessionFaults faults = SessionFaults.seeded(1);

    private Path folder() {
        return temporary.resolve("backup");
    }

    private Backup.Builder backup() {
        return backup(new FaultySessionService(source, faults));
    }

    private Backup.Builder backup(SessionService store) {
        return Backup.builder(store, folder())
                .pageSize(10)
                .partBytes(4_000)
                .retryDelay(Duration.ofMillis(1))
                .clock(clock);
    }

    private MigrationReport restore() {
        try (SessionService backup = Backup.open(folder())) {
            return Backup.restore(backup, target).clock(clock).build().run();
        }
    }

    private void assertTargetIsSource() {
        ValidationReport report = Validator.builder(source, target)
                .tolerance(Duration.ZERO)
                .tempState(TempState.KEEP)
                .build()
                .run();
        assertThat(report.verdict()).as(report.toMarkdown()).isEqualTo(ValidationReport.Verdict.EQUAL);
    }

    @Test
    void restore_intoAnEmptyStore_givesBackExactlyWhatWasThere() {
        Samples.fill(source, SESSIONS, EVENTS);
        source.storeSharedState(
                SharedScope.app("shop"), Map.of("motd", SharedValue.of("hello", Samples.T0.minusSeconds(7))));
        source.storeSharedState(
                SharedScope.user("shop", "user-1"), Map.of("name", SharedValue.of(List.of(1L, 1.0), Samples.T0)));

        BackupReport report = backup().build().run();
        MigrationReport restored = restore();

        assertThat(report.succeeded()).isTrue();
        assertThat(report.counts()).isEqualTo(new BackupCounts(SESSIONS, SESSIONS * EVENTS, 2, 2, 0));
        assertThat(restored.succeeded()).isTrue();
        assertThat(restored.counts().created()).isEqualTo(SESSIONS);
        assertTargetIsSource();
        assertThat(target.findSharedState(SharedScope.app("shop")).get("motd").writeTime())
                .contains(Samples.T0.minusSeconds(7));
    }

    @Test
    void restore_keepsTemporaryKeysOfTheHistory() {
        SessionKey key = Samples.key(1);
        Session session = Session.builder(key, Samples.T0)
                .events(List.of(Samples.event(1).toBuilder()
                        .stateDelta(Map.of("temp:raw", "x"))
                        .build()))
                .build();
        Samples.put(source, session);

        backup().build().run();
        restore();

        assertThat(target.find(key, EventSelection.all()).orElseThrow().events())
                .isEqualTo(session.events());
    }

    @Test
    void backup_ofEveryKindOfValueAndHostileIds_comesBackEqual() {
        SessionSamples.HOSTILE_IDS.forEach((what, id) -> Samples.put(
                source,
                Session.builder(new SessionKey("app " + id, id, id), Samples.T0)
                        .state(SessionSamples.values())
                        .fields(SessionSamples.values())
                        .events(List.of(Samples.event(id, Samples.T0).toBuilder()
                                .stateDelta(SessionSamples.values())
                                .build()))
                        .build()));

        BackupReport report = backup().build().run();
        restore();

        assertThat(report.counts().sessions()).isEqualTo(SessionSamples.HOSTILE_IDS.size());
        assertTargetIsSource();
    }

    @Test
    void restore_doesNotPutOldOverNew_andBringsBackWhatWasDeleted() {
        Samples.fill(source, 3, EVENTS);
        backup().build().run();
        Samples.fill(target, 3, EVENTS);
        target.delete(Samples.key(0), Precondition.none());
        target.append(Samples.key(1), Samples.event(50));

        MigrationReport restored = restore();

        assertThat(restored.counts().created()).isEqualTo(1);
        assertThat(restored.counts().targetAhead() + restored.counts().unchanged())
                .isEqualTo(2);
        assertThat(target.find(Samples.key(1), EventSelection.all())
                        .orElseThrow()
                        .events())
                .hasSize(EVENTS + 1);
        assertThat(target.find(Samples.key(0), EventSelection.all())).isPresent();
    }

    @Test
    void backup_whileSessionsComeAndGo_holdsEachThatStands() {
        Samples.fill(source, SESSIONS, EVENTS);
        AtomicInteger calls = new AtomicInteger();
        faults.on(SessionOperation.FIND).runBefore(call -> {
            int number = calls.getAndIncrement();
            Samples.put(source, Samples.session(Samples.key(1_000 + number), 1));
            source.append(Samples.key(number % SESSIONS), Samples.event(100 + number));
            if (number == 5) {
                source.delete(Samples.key(SESSIONS - 1), Precondition.none());
            }
        });

        BackupReport report = backup().build().run();

        assertThat(report.succeeded()).isTrue();
        try (SessionService backup = Backup.open(folder())) {
            for (int i = 0; i < SESSIONS - 1; i++) {
                Session session =
                        backup.find(Samples.key(i), EventSelection.all()).orElseThrow();
                assertThat(session.events()).hasSizeGreaterThanOrEqualTo(EVENTS);
                assertThat(source.find(session.key(), EventSelection.all())
                                .orElseThrow()
                                .events())
                        .containsAll(session.events());
            }
        }
        assertThat(BackupVerifier.of(folder()).run().passed()).isTrue();
    }

    @Test
    void backup_withRecordsThatCannotBeRead_namesThemAndKeepsTheRest() {
        Samples.fill(source, SESSIONS, EVENTS);
        faults.on(SessionOperation.FIND).forKeys(Samples.key(7)::equals).failBefore(SessionErrorCode.CORRUPT);
        faults.on(SessionOperation.FIND).forKeys(Samples.key(8)::equals).failBefore(SessionErrorCode.UNAVAILABLE);
        SessionService store = new UnreadableRecordsService(
                new FaultySessionService(source, faults),
                source.capabilities(),
                new UnreadableRecord("sessions/bad", "no JSON"));

        BackupReport report = backup(store).build().run();
        BackupReport again = backup(store).resume(true).build().run();

        assertThat(report.succeeded()).isFalse();
        assertThat(report.run().ending()).isEqualTo(RunEnding.COMPLETE);
        assertThat(report.counts().sessions()).isEqualTo(SESSIONS - 2);
        assertThat(report.counts().unreadable()).isEqualTo(3);
        assertThat(report.problems())
                .extracting(Problem::code, Problem::skipped, Problem::count)
                .containsExactly(tuple("UNAVAILABLE", false, 1L), tuple("CORRUPT", true, 2L));
        assertThat(report.toJson()).contains("sessions/bad", "session-00007", "session-00008");
        assertThat(again.toJson()).isEqualTo(report.toJson());
    }

    @Test
    void backup_ofAStoreThatAnswersLater_triesAgain() {
        Samples.fill(source, SESSIONS, EVENTS);
        faults.on(SessionOperation.FIND)
                .forKeys(Samples.key(8)::equals)
                .times(5)
                .failBefore(SessionErrorCode.UNAVAILABLE);

        BackupReport report = backup().maxRetries(1).build().run();

        assertThat(report.succeeded()).isTrue();
        assertThat(report.counts().sessions()).isEqualTo(SESSIONS);
    }

    @Test
    void backup_readsWithoutTools() throws IOException {
        Samples.fill(source, SESSIONS, EVENTS);
        backup().build().run();

        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (Path part : parts()) {
            all.write(Files.readAllBytes(part));
        }
        String lines = new String(
                new GZIPInputStream(new ByteArrayInputStream(all.toByteArray())).readAllBytes(),
                StandardCharsets.UTF_8);

        assertThat(parts()).hasSizeGreaterThan(1);
        assertThat(lines.lines().filter(line -> line.contains("\"session\":{")).count())
                .isEqualTo(SESSIONS);
    }

    private List<Path> parts() throws IOException {
        try (Stream<Path> files = Files.list(folder())) {
            return files.filter(file -> file.toString().endsWith(".gz"))
                    .sorted()
                    .toList();
        }
    }

    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void backup_isForItsOwnerAlone() throws IOException {
        Samples.fill(source, SESSIONS, EVENTS);
        backup().build().run();

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder())))
                .isEqualTo("rwx------");
        try (Stream<Path> files = Files.list(folder())) {
            assertThat(files.toList())
                    .isNotEmpty()
                    .allSatisfy(file -> assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                            .isEqualTo("rw-------"));
        }
    }

    @Test
    void backup_intoAFolderWithSomethingElse_isRefused() throws IOException {
        Files.createDirectories(folder());
        Files.writeString(folder().resolve("notes.txt"), "mine");

        assertRefused(backup(), SessionErrorCode.ALREADY_EXISTS, "is not empty");
        assertRefused(backup().resume(true), SessionErrorCode.ALREADY_EXISTS, "is not empty");
        assertThat(folder().resolve("notes.txt")).hasContent("mine");
    }

    @Test
    void backup_intoAFolderWithABackup_isRefused() {
        Samples.fill(source, 1, 1);
        backup().build().run();

        assertRefused(backup(), SessionErrorCode.ALREADY_EXISTS, "is not empty");
    }

    @Test
    void backup_intoAFolderInUse_isRefused_andTheOtherGoesOn() {
        Samples.fill(source, SESSIONS, EVENTS);
        faults.on(SessionOperation.SCAN)
                .times(1)
                .runBefore(call -> assertRefused(backup().resume(true), SessionErrorCode.CONTENTION, "under way"));

        assertThat(backup().build().run().succeeded()).isTrue();
    }

    @Test
    void backup_whoseScanFails_stopsAndHasNoManifest() {
        Samples.fill(source, SESSIONS, EVENTS);
        faults.on(SessionOperation.SCAN).skip(3).failBefore(SessionErrorCode.PERMISSION_DENIED);

        BackupReport report = backup().build().run();

        assertThat(report.run().ending()).isEqualTo(RunEnding.STOPPED);
        assertThat(report.succeeded()).isFalse();
        assertThatThrownBy(() -> Backup.open(folder()))
                .isInstanceOfSatisfying(
                        SessionException.class, e -> assertThat(e.code()).isEqualTo(SessionErrorCode.STORE_NOT_FOUND))
                .hasMessageContaining("not finished");
    }

    private static void assertRefused(Backup.Builder backup, SessionErrorCode code, String message) {
        assertThatThrownBy(() -> backup.build().run())
                .isInstanceOfSatisfying(
                        SessionException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageContaining(message);
    }

    @Test
    void address_ofABackup_opensIt() {
        Samples.fill(source, 2, 1);
        backup().build().run();

        try (SessionService backup = SessionStores.open("backup:" + folder())) {
            assertThat(Samples.keys(backup)).hasSize(2);
            assertThat(backup.capabilities())
                    .isEqualTo(EnumSet.of(
                            Capability.EVENTS,
                            Capability.SHARED_STATE,
                            Capability.SHARED_STATE_PER_APP,
                            Capability.SHARED_STATE_TIMES,
                            Capability.EXPIRY));
        }
    }

    @Test
    void backup_ofAnEmptyStore_isOneToo() {
        BackupReport report = backup().build().run();

        assertThat(report.succeeded()).isTrue();
        assertThat(restore().succeeded()).isTrue();
        assertThat(BackupVerifier.of(folder()).run().passed()).isTrue();
    }
}
