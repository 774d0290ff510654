package io.github.sessionferry.core.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class MigrationEnvironmentTest {

    private static final String RESOURCE_NAME = "projects/shop/locations/us-central1/reasoningEngines/123";

    private final Map<String, String> environment = new HashMap<>();
    private final List<String> warnings = new ArrayList<>();

    @ParameterizedTest
    @ValueSource(strings = {"", " \t"})
    void current_withoutEngine_isEverybodyOnTheSource(String engineId) {
        namedEngine();
        environment.put("AGENT_ENGINE_ID", engineId);
        environment.put("MIGRATION_STAGE", "TARGET_ONLY");
        environment.put("MIGRATION_PERCENTAGE", "100");

        MigrationEnvironment read = read();

        assertThat(read.current()).isEqualTo(RolloutPlan.everybodyIn(Stage.SOURCE_ONLY));
        assertThat(read.targetAddress()).isEmpty();
        assertThat(warnings).isEmpty();
    }

    @Test
    void current_withoutStage_isTargetFirstForTheIncluded() {
        namedEngine();
        environment.put("MIGRATED_USER_IDS", "ada");
        environment.put("MIGRATION_STAGE", "  ");

        RolloutPlan plan = read().current();

        assertThat(plan.stageOf("ada")).isEqualTo(Stage.TARGET_FIRST);
        assertThat(plan.stageOf("bob")).isEqualTo(Stage.SHADOW);
        assertThat(plan.stageOf(null)).isEqualTo(Stage.SHADOW);
        assertThat(warnings).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Stage.class)
    void current_withStage_hasEverybodyElseInTheStageBefore(Stage stage) {
        namedEngine();
        environment.put("MIGRATED_USER_IDS", "ada");
        environment.put("MIGRATION_STAGE", " " + stage + "\n");

        RolloutPlan plan = read().current();

        assertThat(plan.stageOf("ada")).isEqualTo(stage);
        assertThat(plan.stageOf("bob")).isEqualTo(stage.previous().orElse(Stage.SOURCE_ONLY));
        assertThat(plan.isSettled()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"target_first", "LIVE", "3", "TARGET FIRST"})
    void current_withMalformedStage_isEverybodyOnTheSourceWithAWarning(String stage) {
        namedEngine();
        environment.put("MIGRATION_PERCENTAGE", "100");
        environment.put("MIGRATION_STAGE", stage);

        RolloutPlan plan = read().current();

        assertThat(plan.stageOf("ada")).isEqualTo(Stage.SOURCE_ONLY);
        assertThat(warnings)
                .singleElement()
                .asString()
                .startsWith("MIGRATION_STAGE: ")
                .contains("TARGET_FIRST");
    }

    @Test
    void addresses_ofEngineAlone_areThoseOfItsProject() {
        namedEngine();

        MigrationEnvironment read = read();

        assertThat(read.engineResourceName()).contains(RESOURCE_NAME);
        assertThat(read.targetAddress()).contains("agentengine://" + RESOURCE_NAME);
        assertThat(read.sourceAddress()).contains("firestore://shop");
        assertThat(read.location()).contains("us-central1");
    }

    @Test
    void addresses_withoutEngine_areThoseOfTheProject() {
        environment.put("GCP_PROJECT_ID", " shop ");
        environment.put("GCP_LOCATION", "asia-northeast1");

        MigrationEnvironment read = read();

        assertThat(read.sourceAddress()).contains("firestore://shop");
        assertThat(read.project()).contains("shop");
        assertThat(read.location()).contains("asia-northeast1");
        assertThat(read.engineResourceName()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"GCP_PROJECT_ID, other", "GCP_LOCATION, us-east1", "AGENT_ENGINE_ID, 124"})
    void current_ofDisagreeingNames_isEverybodyOnTheSourceWithAWarning(String variable, String value) {
        namedEngine();
        environment.put("MIGRATION_PERCENTAGE", "100");
        environment.put(variable, value);

        MigrationEnvironment read = read();

        assertThat(read.current()).isEqualTo(RolloutPlan.everybodyIn(Stage.SOURCE_ONLY));
        assertThat(read.targetAddress()).isEmpty();
        assertThat(warnings).singleElement().asString().contains(variable, "AGENT_ENGINE_RESOURCE_NAME");
    }

    @Test
    void current_ofProjectIdAndProjectNumber_isNoDisagreement() {
        environment.put("AGENT_ENGINE_ID", "123");
        environment.put("AGENT_ENGINE_RESOURCE_NAME", "projects/4711/locations/l/reasoningEngines/123");
        environment.put("GCP_PROJECT_ID", "shop");

        MigrationEnvironment read = read();

        assertThat(read.current().policy().enabled()).isTrue();
        assertThat(read.sourceAddress()).contains("firestore://shop");
        assertThat(warnings).isEmpty();
    }

    @Test
    void toString_showsNoUserIds() {
        namedEngine();
        environment.put("MIGRATED_USER_IDS", "ada-lovelace");

        assertThat(read()).asString().contains("123").doesNotContain("lovelace");
    }

    private void namedEngine() {
        environment.put("AGENT_ENGINE_ID", "123");
        environment.put("AGENT_ENGINE_RESOURCE_NAME", RESOURCE_NAME);
    }

    private MigrationEnvironment read() {
        MigrationEnvironment read = new RolloutEnvironment(environment, warnings::add).read();
        assertThat(MigrationEnvironment.from(environment)).hasToString(read.toString());
        return read;
    }
}
