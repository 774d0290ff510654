package io.github.sessionferry.migration.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.rollout.StoreSide;
import io.github.sessionferry.testkit.InMemorySessionService;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The debt file of a process that ended in the middle of anything. */
@Timeout(120)
class IntentFileTest {

    @TempDir
    private Path folder;

    private static Owed owed(int number) {
        return new Owed(
                new SessionKey("app", "user\n🙂", "s" + number),
                StoreSide.SOURCE,
                Optional.of("e" + number),
                new TouchedScopes(true, false),
                Instant.parse("2026-03-01T12:00:00Z"));
    }

    private Path file() {
        return folder.resolve("debt");
    }

    @Test
    void file_cutOffAtAnyByte_keepsEveryWholeLineAndTakesNewOnes() throws IOException {
        byte[] whole = threeBegunOneEnded();

        for (int length = 0; length <= whole.length; length++) {
            Files.write(file(), Arrays.copyOf(whole, length));
            long wholeLines = wholeLines(whole, length);
            Map<Long, Owed> expected = expected(wholeLines);

            assertThat(unfinishedAndOneMore())
                    .as("cut off after %s bytes", length)
                    .isEqualTo(expected);

            expected.put(Math.min(3, wholeLines) + 1, owed(9));
            assertThat(unfinished()).as("one more after %s bytes", length).isEqualTo(expected);
        }
    }

    private byte[] threeBegunOneEnded() throws IOException {
        try (IntentFile intents = IntentFile.open(file(), false)) {
            for (int i = 1; i <= 3; i++) {
                assertThat(intents.begin(owed(i))).isEqualTo(i);
            }
            intents.end(2);
        }
        return Files.readAllBytes(file());
    }

    private Map<Long, Owed> unfinished() {
        try (IntentFile intents = IntentFile.open(file(), true)) {
            return intents.unfinished();
        }
    }

    private Map<Long, Owed> unfinishedAndOneMore() {
        try (IntentFile intents = IntentFile.open(file(), true)) {
            Map<Long, Owed> unfinished = intents.unfinished();
            intents.begin(owed(9));
            return unfinished;
        }
    }

    /** What the lines tell of which no byte is missing but the line feed. */
    private static Map<Long, Owed> expected(long wholeLines) {
        Map<Long, Owed> expected = new LinkedHashMap<>();
        for (long line = 1; line <= Math.min(3, wholeLines); line++) {
            expected.put(line, owed((int) line));
        }
        if (wholeLines == 4) {
            expected.remove(2L);
        }
        return expected;
    }

    private static long wholeLines(byte[] whole, int length) {
        return IntStream.rangeClosed(0, length)
                .filter(end -> end < whole.length && whole[end] == '\n')
                .count();
    }

    @Test
    void fileInUse_byTheSameProcess_isRefused() {
        try (IntentFile first = IntentFile.open(file(), true)) {
            assertInUse();
            assertInUse();
            assertThat(first.begin(owed(1))).isEqualTo(1);
        }
        assertThat(unfinished()).containsOnlyKeys(1L);
    }

    @Test
    void fileInUse_byAnotherProcess_isRefusedUntilItEnds() throws Exception {
        Process other = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Holder.class.getName(),
                        file().toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try {
            assertThat(other.inputReader().readLine()).isEqualTo("open");
            assertInUse();

            other.outputWriter().close();

            assertThat(other.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(unfinished()).containsExactly(Map.entry(1L, owed(1)));
        } finally {
            other.destroyForcibly();
        }
    }

    /** A process that begins a change and ends without ending it. */
    static final class Holder {
        public static void main(String[] args) throws IOException {
            IntentFile file = IntentFile.open(Path.of(args[0]), true);
            file.begin(owed(1));
            System.out.println("open");
            int end = System.in.read();
            Runtime.getRuntime().halt(end == -1 ? 0 : 1);
        }
    }

    private void assertInUse() {
        assertThatThrownBy(() -> StagedSessionService.builder(
                                InMemorySessionService.create(), InMemorySessionService.create(), new TwoStores().plan)
                        .debtFile(file())
                        .build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(file().toString())
                .hasMessageContaining("in use by another process")
                .hasMessageContaining("give each process a file of its own");
    }

    @Test
    void file_inAMissingFolder_isRefusedWithAdvice() {
        Path missing = folder.resolve("missing").resolve("debt");

        assertThatThrownBy(() -> IntentFile.open(missing, true))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(missing.toString())
                .hasMessageContaining("folder that can be written");
        assertThat(missing.getParent()).doesNotExist();
    }

    @Test
    void file_thatIsAFolder_isRefusedWithAdvice() {
        assertThatThrownBy(() -> IntentFile.open(folder, true))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(folder.toString())
                .hasMessageContaining("give a file");
    }

    @Test
    void foreignLines_arePassedOver() throws IOException {
        Files.writeString(file(), "not json\n{\"begin\":\"x\"}\n[1]\n{\"begin\":7}\n{\"end\":5}\n\n");

        assertThat(unfinished()).isEmpty();
    }
}
