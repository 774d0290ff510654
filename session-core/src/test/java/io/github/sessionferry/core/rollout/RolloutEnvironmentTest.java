package io.github.sessionferry.core.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.sessionferry.core.rollout.RolloutDecision.Reason;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RolloutEnvironmentTest {

    private static final String RESOURCE_NAME = "projects/p/locations/l/reasoningEngines/123";

    private final Map<String, String> environment = new HashMap<>();
    private final List<String> warnings = new ArrayList<>();

    @Test
    void policy_ofEmptyEnvironment_isOffWithoutWarning() {
        RolloutPolicy policy = policy();

        assertThat(policy)
                .isEqualTo(RolloutPolicy.builder(RolloutPolicy.DEFAULT_SALT)
                        .enabled(false)
                        .build());
        assertThat(warnings).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\t\n"})
    void policy_withBlankEngineId_isOffWithoutWarning(String engineId) {
        namedEngine();
        environment.put("AGENT_ENGINE_ID", engineId);
        environment.put("MIGRATED_USER_IDS", "alice");
        environment.put("MIGRATION_PERCENTAGE", "100");

        RolloutPolicy policy = policy();

        assertThat(policy.decide("alice").reason()).isEqualTo(Reason.DISABLED);
        assertThat(policy.decide("bob").reason()).isEqualTo(Reason.DISABLED);
        assertThat(warnings).isEmpty();
    }

    @Test
    void policy_withEverythingSet_hasAllOfIt() {
        namedEngine();
        environment.put("MIGRATED_USER_IDS", "alice,bob,carol");
        environment.put("MIGRATION_PERCENTAGE", "12.34");
        environment.put("MIGRATION_SALT", "canary");

        RolloutPolicy policy = policy();

        assertThat(policy)
                .isEqualTo(RolloutPolicy.builder("canary")
                        .allowedUserIds(List.of("alice", "bob", "carol"))
                        .percentage(12.34)
                        .build());
        assertThat(warnings).isEmpty();
    }

    @Test
    void policy_withoutUser_staysOnSource() {
        namedEngine();
        environment.put("MIGRATED_USER_IDS", ",,");
        environment.put("MIGRATION_PERCENTAGE", "100");

        RolloutPolicy policy = policy();

        assertThat(policy.decide("").included()).isFalse();
        assertThat(policy.decide(null).included()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"123", RESOURCE_NAME, " 123\n"})
    void policy_withAgreeingEngine_isOn(String engineId) {
        namedEngine();
        environment.put("AGENT_ENGINE_ID", engineId);

        assertThat(policy().enabled()).isTrue();
        assertThat(warnings).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "123, projects/p/locations/l/reasoningEngines/124",
        "123, projects/p/locations/l/reasoningEngines/0123",
        "23, projects/p/locations/l/reasoningEngines/123",
        "projects/q/locations/l/reasoningEngines/123, projects/p/locations/l/reasoningEngines/123",
        "reasoningEngines/123, projects/p/locations/l/reasoningEngines/123"
    })
    void policy_withDisagreeingEngine_isOffWithWarning(String engineId, String resourceName) {
        environment.put("AGENT_ENGINE_ID", engineId);
        environment.put("AGENT_ENGINE_RESOURCE_NAME", resourceName);
        environment.put("MIGRATED_USER_IDS", "alice");

        assertThat(policy().decide("alice").reason()).isEqualTo(Reason.DISABLED);
        assertThat(warnings)
                .singleElement()
                .asString()
                .contains("AGENT_ENGINE_ID", "AGENT_ENGINE_RESOURCE_NAME", "different");
    }

    @Test
    void policy_withoutResourceName_isOffWithWarning() {
        environment.put("AGENT_ENGINE_ID", "123");

        assertThat(policy().enabled()).isFalse();
        assertThat(warnings).singleElement().asString().contains("AGENT_ENGINE_RESOURCE_NAME is not set");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "123",
                "/123",
                "projects/p/locations/l/reasoningEngines/123/",
                "projects//locations/l/reasoningEngines/123",
                "projects/p/locations/l/engines/123",
                "projects/p/locations/l/reasoningEngines/123/sessions/123"
            })
    void policy_withMalformedResourceName_isOffWithWarning(String resourceName) {
        environment.put("AGENT_ENGINE_ID", "123");
        environment.put("AGENT_ENGINE_RESOURCE_NAME", resourceName);

        assertThat(policy().enabled()).isFalse();
        assertThat(warnings).singleElement().asString().contains("AGENT_ENGINE_RESOURCE_NAME is malformed");
    }

    @Test
    void policy_withResourceNameAlone_isOffWithoutWarning() {
        environment.put("AGENT_ENGINE_RESOURCE_NAME", RESOURCE_NAME);

        assertThat(policy().enabled()).isFalse();
        assertThat(warnings).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "-1", "101", "100.001", "abc", "NaN", "10%"})
    void policy_withMalformedPercentage_countsZeroWithWarning(String percentage) {
        namedEngine();
        environment.put("MIGRATED_USER_IDS", "alice");
        environment.put("MIGRATION_PERCENTAGE", percentage);

        RolloutPolicy policy = policy();

        assertThat(policy.percentage()).isZero();
        assertThat(policy.decide("alice").included()).isTrue();
        assertThat(warnings)
                .singleElement()
                .asString()
                .startsWith("MIGRATION_PERCENTAGE: ")
                .contains("0 counts");
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "10, 10", "' 10\n', 10", "0.01, 0.01", "100, 100", "100.00, 100"})
    void policy_withPercentage_takesIt(String text, double percentage) {
        namedEngine();
        environment.put("MIGRATION_PERCENTAGE", text);

        assertThat(policy().percentage()).isEqualTo(percentage);
        assertThat(warnings).isEmpty();
    }

    @Test
    void policy_withUntidyUserList_takesTheIdsWithOneWarning() {
        namedEngine();
        environment.put("MIGRATED_USER_IDS", "user1, user2,,user1, ,user3,");

        RolloutPolicy policy = policy();

        assertThat(policy.allowedUserIds()).containsExactly("user1", "user2", "user3");
        assertThat(warnings)
                .singleElement()
                .asString()
                .contains("empty entries (3)", "white space around entries (1)", "repeated entries (1)")
                .doesNotContain("user1");
    }

    @Test
    void policy_withUserList_neverTrimsTheIdAskedAbout() {
        namedEngine();
        environment.put("MIGRATED_USER_IDS", "user1, user2");

        RolloutPolicy policy = policy();

        assertThat(policy.decide("user2").included()).isTrue();
        assertThat(policy.decide(" user2").included()).isFalse();
        assertThat(policy.decide(" ").included()).isFalse();
    }

    @Test
    void policy_withSaltThatCannotBe_isOffWithWarning() {
        namedEngine();
        environment.put("MIGRATION_SALT", "a:b");
        environment.put("MIGRATION_PERCENTAGE", "100");

        assertThat(policy().decide("alice").reason()).isEqualTo(Reason.DISABLED);
        assertThat(warnings).singleElement().asString().startsWith("MIGRATION_SALT: ");
    }

    @Test
    void policy_withBlankSalt_takesTheDefault() {
        namedEngine();
        environment.put("MIGRATION_SALT", " ");

        assertThat(policy())
                .isEqualTo(RolloutPolicy.builder(RolloutPolicy.DEFAULT_SALT).build());
        assertThat(warnings).isEmpty();
    }

    @Test
    void fromEnvironment_withBadValues_keepsThePolicyAndNeverFails() {
        namedEngine();
        environment.put("MIGRATION_PERCENTAGE", "{}");

        RolloutPolicy policy = RolloutPolicy.fromEnvironment(environment);

        assertThat(policy).isEqualTo(policy());
    }

    private void namedEngine() {
        environment.put("AGENT_ENGINE_ID", "123");
        environment.put("AGENT_ENGINE_RESOURCE_NAME", RESOURCE_NAME);
    }

    private RolloutPolicy policy() {
        return new RolloutEnvironment(environment, warnings::add).policy();
    }
}
