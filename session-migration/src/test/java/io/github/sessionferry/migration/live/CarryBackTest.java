package io.github.sessionferry.migration.live;

import static io.github.sessionferry.migration.live.ControlledMigration.T0;
import static io.github.sessionferry.migration.live.ControlledMigration.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.sessionferry.core.EventSelection;
import io.github.sessionferry.core.NewSession;
import io.github.sessionferry.core.SessionErrorCode;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SharedScope;
import io.github.sessionferry.core.SharedValue;
import io.github.sessionferry.core.codec.Json;
import io.github.sessionferry.core.rollout.RolloutPlan;
import io.github.sessionferry.core.rollout.Stage;
import io.github.sessionferry.migration.RunEnding;
import io.github.sessionferry.testkit.FaultySessionService;
import io.github.sessionferry.testkit.SessionFaults;
import io.github.sessionferry.testkit.SessionOperation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CarryBackTest {

    private static final SessionKey KEY = key("ada", "s1");

    @TempDir
    private Path folder;

    private final ControlledMigration migration = new ControlledMigration();

    @ParameterizedTest
    @CsvSource({"TARGET_FIRST, there", "SOURCE_ONLY, here"})
    void run_sharedStateThatDiffers_isThatOfTheStoreThatDecides(Stage stage, String expected) {
        SharedScope scope = KEY.userScope();
        migration.source.storeSharedState(scope, Map.of("user:name", SharedValue.of("here", T0.plusSeconds(5))));
        migration.target.storeSharedState(scope, Map.of("user:name", SharedValue.of("there", T0)));

        CarryBackReport report = carryBack(stage).build().run();

        assertThat(report.succeeded()).isTrue();
        assertThat(migration.source.findSharedState(scope).get("user:name").value())
                .isEqualTo(expected);
    }

    @Test
    void run_sourceDecides_sharedStateThatIsNewerInTheTarget_isTakenBack() {
        SharedScope scope = KEY.userScope();
        migration.source.storeSharedState(scope, Map.of("user:name", SharedValue.of("here", T0)));
        migration.target.storeSharedState(scope, Map.of("user:name", SharedValue.of("there", T0.plusSeconds(5))));

        var unused = carryBack(Stage.SOURCE_ONLY).build().run();

        assertThat(migration.source.findSharedState(scope).get("user:name").value())
                .isEqualTo("there");
    }

    @Test
    void run_nothingToCarry_changesAndNamesNothing() {
        migration.source.create(NewSession.builder(KEY).build());
        var first = carryBack(Stage.TARGET_FIRST).build().run();

        assertThat(first.succeeded()).isTrue();
        assertThat(first.counts()).isEmpty();
        assertThat(first.examples()).isEmpty();
        assertThat(migration.target.find(KEY, EventSelection.none())).isEmpty();
    }

    @Test
    void run_sessionThatCannotBeCarried_isNamedWithTheReason_andTheNextRunDoesIt() throws IOException {
        Path file = folder.resolve("carried.jsonl");
        SessionKey hostile = key("a/b\n", "\"..\" \ud83d\ude00");
        migration.target.create(NewSession.builder(KEY).build());
        migration.target.create(NewSession.builder(hostile).build());
        SessionFaults faults = SessionFaults.none();
        faults.on(SessionOperation.STORE).forKeys(KEY::equals).times(1).failBefore(SessionErrorCode.INVALID_SESSION);
        var source = new FaultySessionService(migration.source, faults);

        CarryBackReport report = CarryBack.builder(
                        source, migration.target, RolloutPlan.everybodyIn(Stage.TARGET_FIRST))
                .clock(migration.clock)
                .file(file)
                .build()
                .run();

        assertThat(report.succeeded()).isFalse();
        assertThat(report.count(CarriedSession.Status.FAILED)).isEqualTo(1);
        assertThat(report.count(CarriedSession.Status.CREATED)).isEqualTo(1);
        List<?> lines = Files.readAllLines(file).stream().map(Json::read).toList();
        assertThat(lines)
                .hasSize(2)
                .anySatisfy(line -> assertThat(line)
                        .asInstanceOf(InstanceOfAssertFactories.MAP)
                        .containsEntry("status", "FAILED")
                        .containsEntry("session", KEY.sessionId())
                        .containsEntry("code", "INVALID_SESSION"))
                .anySatisfy(line -> assertThat(line)
                        .asInstanceOf(InstanceOfAssertFactories.MAP)
                        .containsEntry("status", "CREATED")
                        .containsEntry("user", hostile.userId())
                        .containsEntry("session", hostile.sessionId()));

        assertThat(carryBack(Stage.TARGET_FIRST).build().run().succeeded()).isTrue();
        assertThat(migration.source.find(KEY, EventSelection.none())).isPresent();
    }

    @Test
    void run_manySessions_keepsAFewExamples() {
        for (int i = 0; i < 250; i++) {
            migration.target.create(NewSession.builder(key("ada", "s" + i)).build());
        }

        CarryBackReport report = carryBack(Stage.TARGET_FIRST).build().run();

        assertThat(report.count(CarriedSession.Status.CREATED)).isEqualTo(250);
        assertThat(report.examples()).hasSize(100);
    }

    @Test
    void run_cancelled_isNotComplete() {
        migration.target.create(NewSession.builder(KEY).build());
        CarryBack carryBack = carryBack(Stage.TARGET_FIRST).build();
        carryBack.cancel();

        CarryBackReport report = carryBack.run();

        assertThat(report.succeeded()).isFalse();
        assertThat(report.moved().run().ending()).isEqualTo(RunEnding.CANCELLED);
        assertThat(migration.source.find(KEY, EventSelection.none())).isEmpty();
    }

    @Test
    void build_fileThatCannotBeWritten_isRefused() {
        assertThatThrownBy(() -> carryBack(Stage.TARGET_FIRST).file(folder).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(folder.toString());
    }

    private CarryBack.Builder carryBack(Stage stage) {
        return CarryBack.builder(migration.source, migration.target, RolloutPlan.everybodyIn(stage))
                .clock(migration.clock);
    }
}
