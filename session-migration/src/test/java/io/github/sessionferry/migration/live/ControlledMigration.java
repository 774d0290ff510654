package io.github.sessionferry.migration.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.sessionferry.core.EventSelection;
import io.github.sessionferry.core.NewSession;
import io.github.sessionferry.core.Precondition;
import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionEvent;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.rollout.Channel;
import io.github.sessionferry.core.rollout.RolloutPlan;
import io.github.sessionferry.core.rollout.RolloutPolicy;
import io.github.sessionferry.core.rollout.Stage;
import io.github.sessionferry.migration.ValidationReport;
import io.github.sessionferry.migration.Validator;
import io.github.sessionferry.testkit.FaultySessionService;
import io.github.sessionferry.testkit.InMemorySessionService;
import io.github.sessionferry.testkit.SessionFaults;
import io.github.sessionferry.testkit.TestClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A migration with its processes, in which nothing happens by itself: they look at the plan when they are told to. */
final class ControlledMigration {

    static final Instant T0 = Instant.parse("2026-01-05T10:00:00Z");
    static final Duration LEASE = Duration.ofSeconds(30);

    final TestClock clock = TestClock.at(T0);
    final InMemorySessionService source =
            InMemorySessionService.builder().clock(clock).build();
    final InMemorySessionService target =
            InMemorySessionService.builder().clock(clock).build();
    final List<Duration> waits = new ArrayList<>();
    final List<AppProcess> processes = new ArrayList<>();
    Runnable whileWaiting = this::refreshAll;
    final MigrationController controller = controller();

    MigrationController controller() {
        return MigrationController.builder(source, target)
                .clock(clock)
                .waiter(this::wait)
                .build();
    }

    void wait(Duration time) {
        waits.add(time);
        clock.advance(time);
        whileWaiting.run();
    }

    void refreshAll() {
        processes.forEach(process -> process.plan.refresh());
    }

    AppProcess process(String id) {
        return new AppProcess(id);
    }

    /** Everybody to a stage, by steps, in all processes, with data to prove each step. */
    void walkTo(Stage stage) {
        while (stage() != stage) {
            Stage next = stage().compareTo(stage) < 0
                    ? stage().next().orElseThrow()
                    : stage().previous().orElseThrow();
            moveAndSettle(RolloutPlan.everybodyIn(next));
        }
    }

    Stage stage() {
        return controller.status().plan().base();
    }

    void moveAndSettle(RolloutPlan next) {
        boolean needsProof = controller.refusals(next).stream()
                .anyMatch(refusal ->
                        refusal.guard().filter(Guard.VALIDATED::equals).isPresent());
        if (needsProof) {
            copyAndValidate();
        }
        controller.moveTo(next, Set.of(), "ada", "test");
        assertThat(controller.awaitSettled(Duration.ofSeconds(10))).isTrue();
    }

    void copyAndValidate() {
        io.github.sessionferry.migration.Migrator.builder(source, target)
                .build()
                .run();
        assertThat(controller.validated(validate())).isTrue();
    }

    ValidationReport validate() {
        return Validator.builder(source, target).clock(clock).build().run();
    }

    StagedRollback.Builder rollback() {
        return StagedRollback.builder(source, target, controller)
                .clock(clock)
                .window(Duration.ZERO)
                .settleTime(Duration.ofSeconds(10))
                .waiter(this::wait);
    }

    static RolloutPlan plan(Stage base, Stage rollout, double percentage) {
        return RolloutPlan.of(
                base,
                rollout,
                RolloutPolicy.builder("test").percentage(percentage).build());
    }

    static SessionKey key(String user, String session) {
        return new SessionKey("app", user, session);
    }

    /** What an application process has. */
    final class AppProcess implements AutoCloseable {

        final SessionFaults sourceFaults = SessionFaults.none();
        final SessionFaults targetFaults = SessionFaults.none();
        final StoredPlan plan;
        final StagedSessionService staged;
        final CountingSessionService sessions;
        final List<String> emergencies = new ArrayList<>();
        private @Nullable CountingSessionService counted;

        private AppProcess(String id) {
            SessionService faultySource = new FaultySessionService(source, sourceFaults);
            SessionService faultyTarget = new FaultySessionService(target, targetFaults);
            plan = StoredPlan.builder(faultySource)
                    .clock(clock)
                    .interval(Duration.ZERO)
                    .leaseTime(LEASE)
                    .process(id)
                    .calls(() -> counted == null ? CallCounts.NONE : counted.counts())
                    .build();
            staged = StagedSessionService.builder(faultySource, faultyTarget, plan)
                    .clock(clock)
                    .executor(Runnable::run)
                    .settleInterval(Duration.ZERO)
                    .listener(new StagedListener() {
                        @Override
                        public void emergency(String reason) {
                            emergencies.add(reason);
                        }
                    })
                    .build();
            sessions = new CountingSessionService(staged.serviceFor(null, Channel.TEXT));
            counted = sessions;
            plan.follow(staged);
            processes.add(this);
        }

        Session create(SessionKey key, Map<String, ?> state) {
            tick();
            return sessions.create(NewSession.builder(key).state(state).build());
        }

        void append(SessionKey key, String event, Map<String, ?> delta) {
            tick();
            sessions.append(
                    key,
                    SessionEvent.builder(event, "user", clock.instant())
                            .stateDelta(delta)
                            .build());
        }

        void delete(SessionKey key) {
            tick();
            sessions.delete(key, Precondition.none());
        }

        List<String> events(SessionKey key) {
            return sessions.find(key, EventSelection.all()).orElseThrow().events().stream()
                    .map(SessionEvent::id)
                    .toList();
        }

        private void tick() {
            clock.advance(Duration.ofMillis(10));
        }

        /** Ends without a word, as a process that is killed. */
        void kill() {
            staged.close();
            processes.remove(this);
        }

        @Override
        public void close() {
            staged.close();
            plan.close();
            processes.remove(this);
        }
    }
}
