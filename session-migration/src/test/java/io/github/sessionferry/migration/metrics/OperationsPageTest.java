package io.github.sessionferry.migration.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.sessionferry.core.SessionErrorCode;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.rollout.PlanFile;
import io.github.sessionferry.core.rollout.RolloutPlan;
import io.github.sessionferry.core.rollout.Stage;
import io.github.sessionferry.migration.Failure;
import io.github.sessionferry.migration.MigrationCounts;
import io.github.sessionferry.migration.MigrationProgress;
import io.github.sessionferry.migration.QuotaUse;
import io.github.sessionferry.migration.SessionOutcome;
import io.github.sessionferry.migration.live.StagedSessionService;
import io.github.sessionferry.testkit.InMemorySessionService;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Holds docs/operations.md to what the code does. */
class OperationsPageTest {

    private static final Path MODULE = Path.of("").toAbsolutePath();
    private static final Pattern EVENT =
            Pattern.compile("LOG\\s*\\.(\\w+)\\(\\s*\"event=(\\w+)([^\"]*)\"((?:\\s*\\+\\s*\"[^\"]*\")*)");
    private static final Pattern EXCEPTION_LOGGED =
            Pattern.compile("LOG\\s*\\.\\w+\\([^;]*,\\s*(e|failure|exception|cause)\\s*\\);");
    private static final Pattern FIELD = Pattern.compile("(\\w+)=\\{}");
    private static final Pattern QUOTED = Pattern.compile("`([^`]+)`");

    private record MeterRow(String name, String kind, Set<String> tags) {}

    private record EventRow(String name, String level, List<String> fields) {}

    @Test
    void page_hasARowForEachMeter(@TempDir Path folder) throws IOException {
        MeterRegistry registry = new SimpleMeterRegistry();

        exerciseAll(registry, folder);

        assertThat(meterRows())
                .containsExactlyInAnyOrderElementsOf(registry.getMeters().stream()
                        .map(OperationsPageTest::row)
                        .collect(Collectors.toSet()));
    }

    private static void exerciseAll(MeterRegistry registry, Path folder) throws IOException {
        SessionService store = new MeteredSessionService(InMemorySessionService.create(), "source", registry);
        Exercise.callAll(store);
        StagedMeters stagedMeters = new StagedMeters(registry);
        try (StagedSessionService staged = StagedSessionService.builder(
                        store, store, () -> RolloutPlan.everybodyIn(Stage.SOURCE_ONLY))
                .build()) {
            stagedMeters.watch(staged);
        }
        stagedMeters.watch(PlanFile.open(Files.writeString(folder.resolve("rollout.json"), "{\"stage\": \"SHADOW\"}")));
        MigrationMeters migrationMeters = new MigrationMeters(registry);
        migrationMeters.sessionDone(new SessionOutcome(
                Exercise.KEY,
                SessionOutcome.Status.FAILED,
                Optional.of(new Failure(SessionErrorCode.UNAVAILABLE.name(), "no answer")),
                0,
                Map.of(),
                Optional.empty(),
                0,
                0,
                Map.of(),
                Exercise.T0,
                Optional.empty()));
        migrationMeters.progress(new MigrationProgress(
                new MigrationCounts(0, 0, 0, 0, 0, 0, 0, 0, 0),
                Duration.ZERO,
                OptionalLong.empty(),
                Optional.empty(),
                List.of(new QuotaUse("target", "reads", 1, 1, 1, 0))));
    }

    private static MeterRow row(Meter meter) {
        return new MeterRow(
                meter.getId().getName(),
                meter.getId().getType().name().toLowerCase(Locale.ROOT),
                meter.getId().getTags().stream().map(Tag::getKey).collect(Collectors.toSet()));
    }

    private static List<MeterRow> meterRows() {
        return rows("session\\.[a-z.]+")
                .map(cells -> new MeterRow(quoted(cells[1]).get(0), cells[2].strip(), Set.copyOf(quoted(cells[3]))))
                .toList();
    }

    @Test
    void page_hasARowForEachLogEvent() {
        assertThat(eventRows()).containsExactlyInAnyOrderElementsOf(eventsOfTheSources());
    }

    private static List<EventRow> eventRows() {
        return rows("[a-z_]+")
                .map(cells -> new EventRow(quoted(cells[1]).get(0), cells[2].strip(), quoted(cells[3])))
                .toList();
    }

    private static Set<EventRow> eventsOfTheSources() {
        return sources()
                .flatMap(source -> EVENT.matcher(source).results())
                .map(call -> new EventRow(
                        call.group(2),
                        call.group(1).toUpperCase(Locale.ROOT),
                        groups(FIELD, call.group(3) + call.group(4))))
                .collect(Collectors.toSet());
    }

    @Test
    void everyLogLine_isAnEvent() {
        assertThat(sources()
                        .mapToLong(source -> count("\\bLOG\\s*\\.(?!is)", source))
                        .sum())
                .isPositive()
                .isEqualTo(sources()
                        .mapToLong(source -> EVENT.matcher(source).results().count())
                        .sum());
    }

    /** Messages of other libraries' exceptions may quote what a session holds. */
    @Test
    void noLogLine_bringsAnException() {
        assertThat(sources()
                        .flatMap(source ->
                                EXCEPTION_LOGGED.matcher(source).results().map(MatchResult::group)))
                .isEmpty();
    }

    private static long count(String regex, String text) {
        return Pattern.compile(regex).matcher(text).results().count();
    }

    private static Stream<String[]> rows(String name) {
        return read(MODULE.resolveSibling("docs/operations.md"))
                .lines()
                .filter(line -> line.matches("\\| `" + name + "` \\|.*"))
                .map(line -> line.split("\\|"));
    }

    private static List<String> quoted(String cell) {
        return groups(QUOTED, cell);
    }

    private static List<String> groups(Pattern pattern, String text) {
        return pattern.matcher(text)
                .results()
                .map((MatchResult found) -> found.group(1))
                .toList();
    }

    private static Stream<String> sources() {
        try (Stream<Path> walk = Files.walk(MODULE.resolve("src/main/java"))) {
            return walk
                    .filter(file -> file.toString().endsWith(".java"))
                    .map(OperationsPageTest::read)
                    .toList()
                    .stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
