package io.github.sessionferry.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.sessionferry.core.EventSelection;
import io.github.sessionferry.core.SessionErrorCode;
import io.github.sessionferry.core.SessionException;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.SharedScope;
import io.github.sessionferry.core.SharedValue;
import io.github.sessionferry.testkit.FaultySessionService;
import io.github.sessionferry.testkit.InMemorySessionService;
import io.github.sessionferry.testkit.SessionFaults;
import io.github.sessionferry.testkit.SessionOperation;
import io.github.sessionferry.testkit.TestClock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class BackupResumeTest {

    private static final int SESSIONS = 60;
    private static final int EVENTS = 2;

    @TempDir
    private Path temporary;

    private final TestClock clock = TestClock.at(Samples.T0);
    private final InMemorySessionService source =
            InMemorySessionService.builder().clock(clock).build();
    private final SessionFaults faults = SessionFaults.seeded(1);

    @BeforeEach
    void fill() {
        Samples.fill(source, SESSIONS, EVENTS);
        source.storeSharedState(SharedScope.app("shop"), Map.of("motd", SharedValue.of("hello", Samples.T0)));
    }

    private Path folder() {
        return temporary.resolve("backup");
    }

    private Backup.Builder backup(Path folder) {
        return Backup.builder(new FaultySessionService(source, faults), folder)
                .pageSize(5)
                .concurrency(1)
                .partBytes(700)
                .maxRetries(1)
                .retryDelay(Duration.ofMillis(1))
                .clock(clock);
    }

    private void assertHoldsAllOnce(Path folder) {
        BackupVerification verification = BackupVerifier.of(folder).run();
        assertThat(verification.passed()).as(verification.toJson()).isTrue();
        assertThat(verification.read()).isEqualTo(new BackupCounts(SESSIONS, SESSIONS * EVENTS, 1, 1, 0));
        try (SessionService backup = Backup.open(folder)) {
            for (SessionKey key : Samples.keys(source)) {
                assertThat(backup.find(key, EventSelection.all())).isEqualTo(source.find(key, EventSelection.all()));
            }
        }
        assertThat(folder.resolve(BackupFolder.PROGRESS)).doesNotExist();
    }

    /** What a kill leaves: the folder as it stands at each read, by the only thread that writes. */
    @Test
    void resume_afterAKillAnywhere_endsAsIfNothingHadHappened() throws IOException {
        List<Path> killed = new ArrayList<>();
        faults.on(SessionOperation.FIND, SessionOperation.FIND_SHARED_STATE).runBefore(call -> {
            Path copy = temporary.resolve("killed-" + killed.size());
            copy(folder(), copy);
            killed.add(copy);
        });
        backup(folder()).build().run();
        faults.clear();

        assertThat(killed).hasSizeGreaterThan(SESSIONS);
        for (int i = 0; i < killed.size(); i += 3) {
            BackupReport report = backup(killed.get(i)).resume(true).build().run();

            assertThat(report.succeeded()).as("killed at call %s", i).isTrue();
            assertThat(report.run().attempts()).as("killed at call %s", i).isEqualTo(2);
            assertHoldsAllOnce(killed.get(i));
        }
    }

    @Test
    void resume_withAPartHalfWritten_writesItAgain() throws IOException {
        Path killed = temporary.resolve("killed");
        faults.on(SessionOperation.FIND).skip(40).times(1).runBefore(call -> copy(folder(), killed));
        backup(folder()).build().run();
        faults.clear();
        faults.resetCalls();
        int parts = parts(killed).size();
        assertThat(parts).isGreaterThan(2);
        Files.write(killed.resolve("part-%05d.jsonl.gz".formatted(parts + 1)), new byte[] {31, -117, 8, 0, 7});
        Files.write(killed.resolve("part-00099.jsonl.gz.index.tmp"), new byte[] {1});
        Files.write(killed.resolve("progress.json.tmp"), new byte[] {1}, StandardOpenOption.CREATE);

        BackupReport report = backup(killed).resume(true).build().run();

        assertThat(report.succeeded()).isTrue();
        assertThat(killed.resolve("part-00099.jsonl.gz.index.tmp")).doesNotExist();
        assertHoldsAllOnce(killed);
        assertThat(faults.calls(SessionOperation.FIND)).isBetween(1L, SESSIONS - 30L);
    }

    @Test
    void resume_afterACancellation_readsNothingTwice() {
        Backup[] running = new Backup[1];
        faults.on(SessionOperation.FIND).skip(20).times(1).runBefore(call -> running[0].cancel());
        running[0] = backup(folder()).build();
        BackupReport cancelled = running[0].run();
        faults.clear();
        long before = faults.calls(SessionOperation.FIND);

        BackupReport report = backup(folder()).resume(true).build().run();

        assertThat(cancelled.run().ending()).isEqualTo(RunEnding.CANCELLED);
        assertThat(before).isLessThan(SESSIONS);
        assertThat(faults.calls(SessionOperation.FIND)).isEqualTo(SESSIONS);
        assertThat(report.succeeded()).isTrue();
        assertHoldsAllOnce(folder());
    }

    @Test
    void resume_afterAnOutage_triesAgainWhatHadFailed() {
        faults.on(SessionOperation.FIND).skip(20).failBefore(SessionErrorCode.UNAVAILABLE);
        Backup.Builder settings = backup(folder());
        settings.maxFailuresInARow = 5;
        BackupReport stopped = settings.build().run();
        faults.clear();

        BackupReport report = backup(folder()).resume(true).build().run();

        assertThat(stopped.run().ending()).isEqualTo(RunEnding.STOPPED);
        assertThat(stopped.run().stopReason().orElseThrow().code()).isEqualTo(Failure.TOO_MANY_FAILURES);
        assertThat(stopped.problems()).extracting(Problem::code).containsExactly("UNAVAILABLE");
        assertThat(report.succeeded()).isTrue();
        assertHoldsAllOnce(folder());
    }

    @Test
    void resume_ofAFinishedBackup_doesNothingAndSaysWhatItHolds() {
        BackupReport first = backup(folder()).build().run();
        clock.advance(Duration.ofDays(1));
        faults.resetCalls();

        BackupReport again = backup(folder()).resume(true).build().run();

        assertThat(faults.totalCalls()).isZero();
        assertThat(again.toJson()).isEqualTo(first.toJson());
    }

    @Test
    void resume_leavesOutTheTimeBetweenTheAttempts() {
        Backup cancelled = backup(folder()).build();
        cancelled.cancel();
        cancelled.run();
        clock.advance(Duration.ofHours(3));

        BackupReport report = backup(folder()).resume(true).build().run();

        assertThat(report.run().started()).isEqualTo(Samples.T0);
        assertThat(report.run().idle()).isEqualTo(Duration.ofHours(3));
        assertThat(report.run().attempts()).isEqualTo(2);
    }

    @Test
    void unfinishedBackup_withoutResume_isRefused() {
        cancelledBackup();

        assertRefused(backup(folder()), SessionErrorCode.ALREADY_EXISTS, "--resume");
    }

    @Test
    void resume_ofAnotherStoresBackup_isRefused() {
        cancelledBackup();
        SessionService other = (SessionService) Proxy.newProxyInstance(
                SessionService.class.getClassLoader(),
                new Class<?>[] {SessionService.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "name" -> "memory:other";
                    case "forBulkWork" -> proxy;
                    default -> throw new AssertionError("the store is not asked");
                });

        assertRefused(
                Backup.builder(other, folder()).resume(true),
                SessionErrorCode.ALREADY_EXISTS,
                "a backup of memory:, not of memory:other");
    }

    @Test
    void resume_withProgressThatCannotBeUnderstood_isRefused() throws IOException {
        cancelledBackup();
        Files.writeString(folder().resolve(BackupFolder.PROGRESS), "{\"backup\":");

        assertRefused(backup(folder()).resume(true), SessionErrorCode.CORRUPT, "progress.json");
    }

    @Test
    void backup_thatCannotBeWritten_stopsAndIsNoBackup() throws IOException {
        faults.on(SessionOperation.FIND).skip(20).times(1).runBefore(call -> replaceByAFile(folder()));

        BackupReport report = backup(folder()).build().run();

        assertThat(report.run().ending()).isEqualTo(RunEnding.STOPPED);
        assertThat(report.run().stopReason().orElseThrow().code()).isEqualTo(Failure.BACKUP);
        assertThat(report.succeeded()).isFalse();
    }

    private void cancelledBackup() {
        Backup cancelled = backup(folder()).build();
        cancelled.cancel();
        cancelled.run();
    }

    private static void assertRefused(Backup.Builder backup, SessionErrorCode code, String message) {
        assertThatThrownBy(() -> backup.build().run())
                .isInstanceOfSatisfying(
                        SessionException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageContaining(message);
    }

    private static void replaceByAFile(Path folder) {
        try {
            Files.move(folder, folder.resolveSibling("moved"));
            Files.createFile(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Path> parts(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".gz")).toList();
        }
    }

    private static void copy(Path from, Path to) {
        try (Stream<Path> files = Files.list(from)) {
            Files.createDirectory(to);
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(file.getFileName()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
