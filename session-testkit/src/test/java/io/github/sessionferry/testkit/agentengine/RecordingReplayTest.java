package io.github.sessionferry.testkit.agentengine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecordingReplayTest {
    private static final Path OWN = Path.of("src/test/resources/agent-engine-recordings");

    @TestFactory
    Stream<DynamicTest> replay_ofTheRealService_answersAsRecorded() {
        Optional<Path> folder = recordings();
        Assumptions.assumeTrue(
                folder.isPresent(),
                "no recordings of the real service here: name their folder by -Dsession.recordings=DIR or"
                        + " SESSION_RECORDINGS");

        return replays(folder.orElseThrow());
    }

    @TestFactory
    Stream<DynamicTest> replay_ofOwnRecordings_answersAsRecorded() {
        return replays(OWN);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            done-at-once.jsonl | "content": {},                      |
            done-at-once.jsonl | "mood": "glad"                      | "mood": "sad"
            done-at-once.jsonl | "app:theme": "dark"                 | "app:theme": null
            done-at-once.jsonl | already exists                      | already exist
            done-at-once.jsonl | "nextPageToken": "page-2"           | "nextPageToken": ""
            done-at-once.jsonl | sessions/4444444444444444444/events | sessions/weather-1/events
            done-at-once.jsonl | "code": 5                           | "code": 3
            done-at-once.jsonl | "labels": {"tier": "gold"},         |
            done-at-once.jsonl | "expireTime": "2027-05-05T10:00:00.100Z" | "expireTime": "2027-05-05T10:00:00.200Z"
            two-steps.jsonl    | "done": true,                       |
            two-steps.jsonl    | "userId": "ben"}}}                  | "userId": "ann"}}}
            """)
    void replay_ofAChangedRecording_differs(String file, String recorded, @Nullable String changed) {
        String text = String.join("\n", lines(OWN.resolve(file)));
        int last = text.lastIndexOf(recorded);
        assertThat(last).isPositive();

        String other =
                text.substring(0, last) + (changed == null ? "" : changed) + text.substring(last + recorded.length());

        assertThat(Replay.differences(Recording.parse(other.lines().toList()))).isNotEmpty();
    }

    private static Stream<DynamicTest> replays(Path folder) {
        return files(folder).stream().flatMap(file -> Stream.of("v1beta1", "v1").map(version -> replay(file, version)));
    }

    private static DynamicTest replay(Path file, String version) {
        return dynamicTest(file.getFileName() + " as " + version, () -> {
            List<String> lines = lines(file).stream()
                    .map(line -> line.replaceAll("aiplatform\\.v1(beta1)?\\.", "aiplatform." + version + "."))
                    .toList();

            Recording recording = Recording.parse(lines);

            assertThat(recording.exchanges()).isNotEmpty();
            assertThat(Replay.differences(recording)).isEmpty();
        });
    }

    private static List<Path> files(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            List<Path> recordings = files.filter(file -> file.toString().endsWith(".jsonl"))
                    .sorted()
                    .toList();
            assertThat(recordings).as("recordings in %s", folder).isNotEmpty();
            return recordings;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Optional<Path> recordings() {
        String named = System.getProperty("session.recordings", System.getenv("SESSION_RECORDINGS"));
        if (named != null) {
            return Optional.of(Path.of(named));
        }
        return besideTheCheckout().filter(Files::isDirectory);
    }

    private static Optional<Path> besideTheCheckout() {
        return Stream.iterate(Path.of("").toAbsolutePath(), Objects::nonNull, Path::getParent)
                .filter(folder -> Files.exists(folder.resolve("mvnw")))
                .findFirst()
                .map(root -> root.resolveSibling("shared").resolve("data/agent-engine-recordings"));
    }
}
