package io.github.sessionferry.migration.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.sessionferry.core.EventSelection;
import io.github.sessionferry.core.NewSession;
import io.github.sessionferry.core.Precondition;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.rollout.Channel;
import io.github.sessionferry.core.rollout.RolloutPlan;
import io.github.sessionferry.core.rollout.Stage;
import io.github.sessionferry.migration.Migrator;
import io.github.sessionferry.testkit.InMemorySessionService;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class UndeletedSourceTest {

    private static final SessionKey DELETED = new SessionKey("app", "user", "deleted");
    private static final SessionKey KEPT = new SessionKey("app", "user", "kept");

    private final InMemorySessionService source = InMemorySessionService.create();
    private final InMemorySessionService target = InMemorySessionService.create();

    @Test
    void migration_afterADeletionInTheTargetAlone_doesNotBringTheSessionBack() {
        source.create(NewSession.builder(DELETED).build());
        source.create(NewSession.builder(KEPT).build());
        Migrator.builder(source, target).build().run();
        deleteInTarget();

        Migrator.builder(UndeletedSource.of(source, target), target).build().run();

        assertThat(target.find(DELETED, EventSelection.none())).isEmpty();
        assertThat(target.find(KEPT, EventSelection.none())).isPresent();
        assertThat(source.find(DELETED, EventSelection.none())).isPresent();
    }

    @Test
    void of_storesThatNobodyHasStaged_isTheSource() {
        assertThat(UndeletedSource.of(source, target)).isSameAs(source);
    }

    private void deleteInTarget() {
        RolloutPlan plan = RolloutPlan.everybodyIn(Stage.TARGET_ONLY);
        try (StagedSessionService staged = StagedSessionService.builder(source, target, () -> plan)
                .settleInterval(Duration.ZERO)
                .build()) {
            SessionService text = staged.serviceFor("user", Channel.TEXT);
            text.delete(DELETED, Precondition.none());
        }
    }
}
