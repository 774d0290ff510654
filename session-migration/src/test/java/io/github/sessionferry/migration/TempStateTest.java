package io.github.sessionferry.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.sessionferry.core.EventSelection;
import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionEvent;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.testkit.InMemorySessionService;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TempStateTest {

    private static final SessionKey KEY = Samples.key("s");

    private final InMemorySessionService source =
            InMemorySessionService.builder().build();
    private final InMemorySessionService target =
            InMemorySessionService.builder().build();

    @BeforeEach
    void fill() {
        Samples.put(source, session(event(1), event(2)));
    }

    @Test
    void dropped_isTheDefault_isCounted_andIsEqualAfterwards() {
        MigrationReport report = Migrator.builder(source, target).build().run();

        assertThat(report.tempKeysDropped()).isEqualTo(4);
        assertThat(deltas()).allSatisfy(delta -> assertThat(delta).containsOnlyKeys("own", "user:x"));
        assertThat(report.toMarkdown()).contains("4 temporary keys");
        assertThat(isEqual(TempState.DROP)).isTrue();
        assertThat(isEqual(TempState.KEEP)).isFalse();
    }

    @Test
    void dropped_ofASessionThatGrows_countsTheNewEventsAlone() {
        Migrator.builder(source, target).build().run();
        source.append(KEY, event(3));

        MigrationReport grown = Migrator.builder(source, target).build().run();
        MigrationReport unchanged = Migrator.builder(source, target).build().run();

        assertThat(grown.counts().updated()).isEqualTo(1);
        assertThat(grown.tempKeysDropped()).isEqualTo(2);
        assertThat(unchanged.counts().unchanged()).isEqualTo(1);
        assertThat(unchanged.tempKeysDropped()).isZero();
    }

    @Test
    void kept_movesTheEventsAsTheyAre() {
        MigrationReport report = Migrator.builder(source, target)
                .tempState(TempState.KEEP)
                .build()
                .run();

        assertThat(report.tempKeysDropped()).isZero();
        assertThat(deltas()).allSatisfy(delta -> assertThat(delta).containsKeys("temp:a", "temp:b"));
        assertThat(isEqual(TempState.KEEP)).isTrue();
        assertThat(isEqual(TempState.DROP)).isTrue();
    }

    @Test
    void resume_underAnotherRule_isRefused(@TempDir Path folder) {
        Path journal = folder.resolve("run.jsonl");
        Migrator.builder(source, target).journal(journal).build().run();
        Migrator other = Migrator.builder(source, target)
                .journal(journal)
                .resume(true)
                .tempState(TempState.KEEP)
                .build();
        Migrator same =
                Migrator.builder(source, target).journal(journal).resume(true).build();

        assertThatThrownBy(other::run).isInstanceOf(JournalException.class).hasMessageContaining("temp_state 'drop'");
        assertThat(same.run().tempKeysDropped()).isEqualTo(4);
    }

    private boolean isEqual(TempState rule) {
        return Validator.builder(source, target).tempState(rule).build().run().equal();
    }

    private Stream<Map<String, ?>> deltas() {
        return target.find(KEY, EventSelection.all()).orElseThrow().events().stream()
                .map(SessionEvent::stateDelta);
    }

    private static Session session(SessionEvent... events) {
        return Session.builder(KEY, Samples.T0.plusSeconds(10))
                .events(List.of(events))
                .build();
    }

    private static SessionEvent event(int number) {
        return Samples.event("e" + number, Samples.T0.plusSeconds(10 + number)).toBuilder()
                .stateDelta(Map.of("own", 1L, "user:x", 2L, "temp:a", 3L, "temp:b", 4L))
                .build();
    }
}
