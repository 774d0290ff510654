package io.github.sessionferry.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.SessionStores;
import io.github.sessionferry.core.rollout.Channel;
import io.github.sessionferry.core.rollout.MigrationEnvironment;
import io.github.sessionferry.core.rollout.PlanFile;
import io.github.sessionferry.core.rollout.PlanSource;
import io.github.sessionferry.core.rollout.PolicyRouter;
import io.github.sessionferry.core.rollout.RolloutPlan;
import io.github.sessionferry.core.rollout.RolloutPolicy;
import io.github.sessionferry.core.rollout.SettablePlan;
import io.github.sessionferry.core.rollout.Stage;
import io.github.sessionferry.testkit.InMemorySessionService;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The examples of docs/configuration.md. */
class ConfigurationExampleTest {

    private static final Path PAGE = Path.of("configuration.md");

    private final String userId = "tester";

    @Test
    void environment_ofThisProcess_namesNoTarget() {
        MigrationEnvironment environment = MigrationEnvironment.from(System.getenv());
        PlanSource plans = environment;
        Optional<String> from = environment.sourceAddress(); // firestore://PROJECT
        Optional<String> to = environment.targetAddress(); // agentengine://projects/P/locations/L/reasoningEngines/ID

        assertThat(plans.current()).isEqualTo(RolloutPlan.everybodyIn(Stage.SOURCE_ONLY));
        assertThat(from).isEmpty();
        assertThat(to).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"json", "properties"})
    void planFile_ofTheExample_hasItsPlan(String form, @TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("rollout." + form), example(form));

        PlanFile plans = PlanFile.builder(file)
                .checkInterval(Duration.ofSeconds(1))
                .settleAfter(Duration.ofMinutes(1))
                .open();
        Stage stage = plans.current().stageOf(userId);
        Optional<String> unhealthy = plans.problem();

        assertThat(stage).isEqualTo(Stage.TARGET_FIRST);
        assertThat(plans.current().stageOf("vip")).isEqualTo(Stage.SHADOW);
        assertThat(plans.current().policy().percentage()).isEqualTo(12.5);
        assertThat(unhealthy).isEmpty();
    }

    private static String example(String form) throws IOException {
        return Pattern.compile("^```" + form + "\\n(.*?)^```", Pattern.MULTILINE | Pattern.DOTALL)
                .matcher(Files.readString(PAGE))
                .results()
                .map((MatchResult block) -> block.group(1))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void settablePlan_oneStepFurther_isSet() {
        SettablePlan plans = new SettablePlan(RolloutPlan.of(
                Stage.SHADOW,
                Stage.TARGET_FIRST,
                RolloutPolicy.builder("example").percentage(10).build()));

        RolloutPlan next = RolloutPlan.of(
                Stage.SHADOW,
                Stage.TARGET_FIRST,
                plans.current().policy().toBuilder().percentage(25).build());
        if (plans.current().leadsTo(next)) {
            plans.set(next);
        }

        assertThat(plans.current().policy().percentage()).isEqualTo(25);
    }

    @Test
    void policyRouter_withoutTarget_isTheSource() {
        InMemorySessionService source = InMemorySessionService.create();

        try (PolicyRouter router = PolicyRouter.fromEnvironment(source, SessionStores::open, System.getenv())) {
            SessionService service = router.serviceFor(userId, Channel.TEXT);

            assertThat(service).isSameAs(source);
        }
    }
}
