package io.github.sessionferry.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.sessionferry.core.Capability;
import io.github.sessionferry.core.EventSelection;
import io.github.sessionferry.core.Precondition;
import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionErrorCode;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SharedScope;
import io.github.sessionferry.core.SharedValue;
import io.github.sessionferry.migration.ValidationReport.Verdict;
import io.github.sessionferry.testkit.FaultySessionService;
import io.github.sessionferry.testkit.InMemorySessionService;
import io.github.sessionferry.testkit.SessionFaults;
import io.github.sessionferry.testkit.SessionOperation;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RepairTest {

    private static final SessionKey KEY = Samples.key(3);
    private static final SessionKey OTHER = Samples.key(4);
    private static final SharedScope APP = SharedScope.app("shop");

    private final InMemorySessionService source = InMemorySessionService.create();
    private final InMemorySessionService target = InMemorySessionService.create();
    private final SessionFaults sourceFaults = SessionFaults.none();
    private final SessionFaults targetFaults = SessionFaults.none();

    @BeforeEach
    void fill() {
        Samples.fill(source, 10, 3);
        Samples.fill(target, 10, 3);
    }

    @Test
    void run_withRepair_bringsUpWhatDiffersOrIsMissing_andProvesIt() {
        target.delete(KEY, Precondition.none());
        target.delete(OTHER, Precondition.none());
        Samples.put(target, Samples.session(OTHER, 1));
        source.storeSharedState(APP, Map.of("currency", SharedValue.of("EUR", null)));

        ValidationReport report = validator().repair(true).build().run();

        assertThat(report.verdict()).as(report.toMarkdown()).isEqualTo(Verdict.EQUAL);
        assertThat(report.counts().matched()).isEqualTo(10);
        assertThat(report.counts().repaired()).isEqualTo(2);
        assertThat(report.counts().sharedRepaired()).isEqualTo(1);
        assertThat(report.sessions()).isEmpty();
        assertThat(Validator.builder(source, target).build().run().equal()).isTrue();
        assertThat(report.toMarkdown())
                .startsWith("# Validation: all 10 sessions are equal")
                .contains("| repaired, and equal since | 2 |");
        assertThat(report.toJson()).contains("\"repair\" : true", "\"repaired\" : 2", "\"sharedRepaired\" : 1");
    }

    @Test
    void run_withRepair_leavesANewerTargetAndSaysWhy() {
        Session newer = Samples.session(KEY, 4);
        target.store(newer, Precondition.none());

        ValidationReport report = validator().repair(true).build().run();

        assertThat(report.counts().different()).isEqualTo(1);
        assertThat(report.counts().repaired()).isZero();
        assertThat(target.find(KEY, EventSelection.all())).contains(newer);
        assertOnlyProblem(report, Failure.TARGET_AHEAD, "reconcile the other way");
    }

    @Test
    void run_withRepair_neverDeletesWhatOnlyTheTargetHas() {
        source.delete(KEY, Precondition.none());

        ValidationReport report = validator().repair(true).build().run();

        assertThat(report.counts().unexpected()).isEqualTo(1);
        assertThat(target.find(KEY, EventSelection.all())).isPresent();
        assertThat(report.toMarkdown()).contains("Nothing was deleted from the target: what only it has stays.");
        assertThat(targetFaults.calls(SessionOperation.DELETE)).isZero();
    }

    @Test
    void run_withRepair_keepsEventsThatOnlyTheTargetHas_andSaysWhy() {
        Samples.put(
                target,
                Samples.session(KEY, 3).toBuilder()
                        .events(List.of(
                                Samples.event(1),
                                Samples.event("copy", Samples.T0.plusSeconds(1)),
                                Samples.event(2),
                                Samples.event(3)))
                        .build());

        ValidationReport report = validator().repair(true).build().run();

        assertThat(report.counts().different()).isEqualTo(1);
        assertOnlyProblem(report, Failure.STILL_DIFFERENT, "Nothing is taken away from the target");
    }

    @Test
    void run_withRepair_keepsSharedValuesNotKnownToBeOlder_andSaysWhy() {
        source.storeSharedState(APP, Map.of("currency", SharedValue.of("EUR", null)));
        target.storeSharedState(APP, Map.of("currency", SharedValue.of("USD", null)));

        ValidationReport report = validator().repair(true).build().run();

        assertThat(report.counts().sharedDifferent()).isEqualTo(1);
        assertThat(target.findSharedState(APP).get("currency").value()).isEqualTo("USD");
        assertOnlyProblem(report, Failure.TARGET_AHEAD, "reconcile the other way");
    }

    @Test
    void run_withRepair_whenTheTargetRefusesASession_saysWhyAndGoesOn() {
        target.delete(KEY, Precondition.none());
        target.delete(OTHER, Precondition.none());
        targetFaults.on(SessionOperation.STORE).forKeys(KEY::equals).failBefore(SessionErrorCode.INVALID_SESSION);

        ValidationReport report = validator().repair(true).build().run();

        assertThat(report.counts().missing()).isEqualTo(1);
        assertThat(report.counts().repaired()).isEqualTo(1);
        assertOnlyProblem(report, "INVALID_SESSION", "cannot keep these");
    }

    @Test
    void run_withRepair_whenTheTargetFailsForAWhile_repairsAtTheEnd() {
        target.delete(KEY, Precondition.none());
        targetFaults.on(SessionOperation.STORE).times(4).failBefore(SessionErrorCode.UNAVAILABLE);

        ValidationReport report = validator().repair(true).build().run();

        assertThat(report.equal()).isTrue();
        assertThat(report.counts().repaired()).isEqualTo(1);
        assertThat(report.problems()).isEmpty();
    }

    @Test
    void run_withRepair_whenItIsRefused_stops() {
        target.delete(KEY, Precondition.none());
        targetFaults.on(SessionOperation.STORE).failBefore(SessionErrorCode.PERMISSION_DENIED);

        assertThat(validator().repair(true).build().run().run().ending()).isEqualTo(RunEnding.STOPPED);
    }

    @Test
    void run_withRepair_neverWritesToTheSource() {
        target.delete(KEY, Precondition.none());

        validator().repair(true).build().run();

        for (SessionOperation operation : SessionOperation.values()) {
            if (operation.isChange()) {
                assertThat(sourceFaults.calls(operation)).as("%s", operation).isZero();
            }
        }
    }

    @Test
    void build_withRepairOfATargetThatCannotBeWritten_isRefused() {
        Validator.Builder builder = Validator.builder(
                        source,
                        new UnreadableRecordsService(target, EnumSet.complementOf(EnumSet.of(Capability.WRITE))))
                .repair(true);

        assertThatThrownBy(builder::build)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("can only be read");
    }

    private Validator.Builder validator() {
        return Validator.builder(
                        new FaultySessionService(source, sourceFaults), new FaultySessionService(target, targetFaults))
                .retryDelay(Duration.ofMillis(1));
    }

    private static void assertOnlyProblem(ValidationReport report, String code, String advice) {
        assertThat(report.problems()).singleElement().satisfies(problem -> {
            assertThat(problem.code()).isEqualTo(code);
            assertThat(problem.count()).isEqualTo(1);
            assertThat(problem.whatToDo()).contains(advice);
        });
        assertThat(report.toMarkdown()).contains("`" + code + "`", advice);
    }
}
