package io.github.sessionferry.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.sessionferry.core.NewSession;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.rollout.Channel;
import io.github.sessionferry.core.rollout.MigrationEnvironment;
import io.github.sessionferry.core.rollout.RolloutPlan;
import io.github.sessionferry.core.rollout.Stage;
import io.github.sessionferry.migration.live.CallCounts;
import io.github.sessionferry.migration.live.CountingSessionService;
import io.github.sessionferry.migration.live.EmergencyReport;
import io.github.sessionferry.migration.live.MigrationController;
import io.github.sessionferry.migration.live.StagedListener;
import io.github.sessionferry.migration.live.StagedSessionService;
import io.github.sessionferry.migration.live.StoredPlan;
import io.github.sessionferry.testkit.InMemorySessionService;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LiveMigrationExampleTest {

    @TempDir
    private Path folder;

    private final InMemorySessionService source = InMemorySessionService.create();
    private final InMemorySessionService target = InMemorySessionService.create();
    private final List<String> alerts = new ArrayList<>();
    private final StagedListener alert = new StagedListener() {
        @Override
        public void emergency(String reason) {
            alerts.add(reason);
        }
    };

    @Test
    void examples_ofRollingOutAndBack_work() {
        String hostName = "host-1";
        String userId = "ada";

        StoredPlan plan = StoredPlan.builder(source).process(hostName).build();
        StagedSessionService staged = StagedSessionService.builder(source, target, plan)
                .debtFile(folder.resolve("session-debt.jsonl"))
                .build();
        plan.follow(staged);
        SessionService sessions = staged.serviceFor(userId, Channel.TEXT);

        MigrationController controller =
                MigrationController.builder(source, target).build();
        controller.moveTo(RolloutPlan.everybodyIn(Stage.DUAL_WRITE), Set.of(), "ada", "begin");
        boolean followed = controller.awaitSettled(Duration.ofMinutes(1));
        assertThat(followed).isTrue();
        sessions.create(NewSession.builder("app", userId).build());

        CountingSessionService counted = new CountingSessionService(staged.serviceFor(userId, Channel.TEXT));
        Supplier<CallCounts> calls = counted::counts; // for StoredPlan.builder(source).calls(calls)
        assertThat(calls.get()).isEqualTo(CallCounts.NONE);

        EmergencyReport report = MigrationController.builder(source, target)
                .local(staged)
                .listener(alert)
                .build()
                .emergency("watchdog", "error rate of the target");

        assertThat(report.succeeded()).isTrue();
        assertThat(alerts).containsExactly("error rate of the target");
        assertThat(staged.isEmergency()).isTrue();
        plan.close();
        staged.close();
    }

    @Test
    void environmentWithoutAnEngine_isRolledBack() {
        MigrationEnvironment environment = MigrationEnvironment.from(System.getenv());
        boolean rolledBack = environment.targetAddress().isEmpty();

        assertThat(rolledBack).isEqualTo(!System.getenv().containsKey("AGENT_ENGINE_ID"));
    }
}
