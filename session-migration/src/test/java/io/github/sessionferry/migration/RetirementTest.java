package io.github.sessionferry.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.sessionferry.core.EventSelection;
import io.github.sessionferry.core.Precondition;
import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionErrorCode;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.SharedScope;
import io.github.sessionferry.core.SharedValue;
import io.github.sessionferry.core.UnreadableRecord;
import io.github.sessionferry.testkit.FaultySessionService;
import io.github.sessionferry.testkit.InMemorySessionService;
import io.github.sessionferry.testkit.SessionFaults;
import io.github.sessionferry.testkit.SessionOperation;
import io.github.sessionferry.testkit.TestClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class RetirementTest {

    private static final SessionKey KEY = Samples.key(1);
    private static final Instant OLD = Samples.T0;
    private static final Instant NOW = OLD.plus(Duration.ofDays(30));

    private final TestClock clock = TestClock.at(NOW);
    private final InMemorySessionService source = store("memory:source");
    private final InMemorySessionService target = store("memory:target");
    private final SessionFaults sourceFaults = SessionFaults.seeded(1);
    private final SessionFaults targetFaults = SessionFaults.seeded(2);

    @Test
    void retire_sessionsThatTheTargetHolds_deletesAllOfThemAndNothingElse() {
        Samples.fill(source, 450, 2);
        Samples.fill(target, 450, 2);
        source.storeSharedState(SharedScope.app("shop"), Map.of("currency", SharedValue.of("EUR", OLD)));

        RetirementReport report = retire();

        assertThat(report.succeeded()).isTrue();
        assertThat(report.counts()).isEqualTo(new RetirementCounts(450, 0, 0, 0, 0, 0));
        assertThat(Samples.keys(source)).isEmpty();
        assertThat(Samples.keys(target)).hasSize(450);
        assertThat(source.findSharedState(SharedScope.app("shop"))).containsKey("currency");
    }

    @Test
    void retire_withoutDelete_countsAndDeletesNothing() {
        Samples.fill(source, 3, 2);
        Samples.fill(target, 2, 2);

        RetirementReport report = retirement().delete(false).build().run();

        assertThat(report.dryRun()).isTrue();
        assertThat(report.succeeded()).isFalse();
        assertThat(report.counts()).isEqualTo(new RetirementCounts(2, 0, 0, 1, 0, 0));
        assertThat(Samples.keys(source)).hasSize(3);
        assertThat(sourceFaults.calls(SessionOperation.DELETE)).isZero();
    }

    @Test
    void retire_unlessToldTo_deletesNothing() {
        Samples.fill(source, 1, 2);
        Samples.fill(target, 1, 2);

        Retirement.builder(source, target).clock(clock).build().run();

        assertThat(Samples.keys(source)).hasSize(1);
    }

    @Test
    void retire_sessionsAroundTheCutOff_deletesOnlyWhatChangedBefore() {
        SessionKey atTheCutOff = Samples.key(2);
        putInBoth(updatedAt(KEY, NOW.minus(Duration.ofDays(7)).minusMillis(1)));
        putInBoth(updatedAt(atTheCutOff, NOW.minus(Duration.ofDays(7))));

        RetirementReport report = retire();

        assertThat(report.succeeded()).isTrue();
        assertThat(report.cutOff()).isEqualTo(NOW.minus(Duration.ofDays(7)));
        assertThat(report.counts()).isEqualTo(new RetirementCounts(1, 1, 0, 0, 0, 0));
        assertThat(Samples.keys(source)).containsExactly(atTheCutOff);
    }

    @Test
    void retire_missingInTheTarget_keepsItAndSaysWhatToDo() {
        Samples.put(source, Samples.session(KEY, 2));

        RetirementReport report = retire();

        assertKept(report, Failure.NOT_IN_TARGET);
        assertThat(report.toMarkdown()).contains(KEY.sessionId(), "validate --repair", "not all that is old");
    }

    @Test
    void retire_differingInTheTarget_keepsItAndNamesTheDifference() {
        Session session = Samples.session(KEY, 2);
        Samples.put(source, session);
        Samples.put(target, session.toBuilder().state(Map.of("count", 7L)).build());

        RetirementReport report = retire();

        assertKept(report, Failure.DIFFERENT);
        assertThat(report.toJson()).contains("state.cart missing").doesNotContain(Samples.SECRET);
    }

    @Test
    void retire_targetThatWentOn_deletesIt() {
        Samples.put(source, Samples.session(KEY, 2));
        Samples.put(target, Samples.session(KEY, 2));
        target.append(KEY, Samples.event("later", NOW));

        RetirementReport report = retire();

        assertThat(report.counts().deleted()).isEqualTo(1);
        assertThat(Samples.keys(source)).isEmpty();
    }

    @Test
    void retire_targetThatWentOnWithoutAnEventOfTheSource_keepsIt() {
        Samples.put(source, Samples.session(KEY, 3));
        Samples.put(target, Samples.session(KEY, 2));
        target.append(KEY, Samples.event("later", NOW));

        RetirementReport report = retire();

        assertKept(report, Failure.DIFFERENT);
        assertThat(report.toJson()).contains("events[2] missing");
    }

    @Test
    void retire_targetThatWentOnWithAnotherContentOfAnEvent_keepsIt() {
        Samples.put(source, Samples.session(KEY, 2));
        Session session = Samples.session(KEY, 2);
        Samples.put(
                target,
                session.toBuilder()
                        .events(List.of(
                                Samples.event(1),
                                Samples.event(2).toBuilder()
                                        .content(Map.of("role", "other"))
                                        .build()))
                        .updateTime(NOW)
                        .build());

        assertKept(retire(), Failure.DIFFERENT);
    }

    @Test
    void retire_targetWithAnotherSessionOfTheSameId_keepsIt() {
        Samples.put(source, updatedAt(KEY, OLD));
        Samples.put(target, Session.builder(KEY, NOW).createTime(NOW).build());

        assertKept(retire(), Failure.DIFFERENT);
    }

    @Test
    void retire_sessionThatChangesAsItIsDeleted_staysWithTheChange() {
        putInBoth(Samples.session(KEY, 2));
        sourceFaults
                .on(SessionOperation.DELETE)
                .times(1)
                .runBefore(call -> source.append(KEY, Samples.event("racing", NOW)));

        RetirementReport report = retire();

        assertThat(report.counts()).isEqualTo(new RetirementCounts(0, 1, 0, 0, 0, 0));
        assertThat(find(source).events()).hasSize(3);
    }

    @Test
    void retire_sessionThatGetsAnOldEventAsItIsDeleted_isComparedAgainAndStays() {
        putInBoth(Samples.session(KEY, 2));
        sourceFaults
                .on(SessionOperation.DELETE)
                .times(1)
                .runBefore(call -> source.append(KEY, Samples.event("racing", OLD.plusSeconds(9))));

        assertKept(retire(), Failure.DIFFERENT);
        assertThat(find(source).events()).hasSize(3);
    }

    @Test
    void retire_sessionThatIsDeletedMeanwhile_isGoneAndNoFailure() {
        putInBoth(Samples.session(KEY, 2));
        sourceFaults.on(SessionOperation.DELETE).runBefore(call -> source.delete(KEY, Precondition.none()));

        RetirementReport report = retire();

        assertThat(report.succeeded()).isTrue();
        assertThat(report.counts()).isEqualTo(new RetirementCounts(0, 0, 1, 0, 0, 0));
    }

    @Test
    void retire_deletionOfUnknownOutcome_isLookedUp() {
        putInBoth(Samples.session(KEY, 2));
        sourceFaults.on(SessionOperation.DELETE).times(1).failAfter();

        RetirementReport report = retire();

        assertThat(report.counts()).isEqualTo(new RetirementCounts(1, 0, 0, 0, 0, 0));
        assertThat(sourceFaults.calls(SessionOperation.DELETE)).isEqualTo(1);
    }

    @Test
    void retire_storesThatFailForAWhile_triesAgain() {
        Samples.fill(source, 50, 2);
        Samples.fill(target, 50, 2);
        sourceFaults
                .on(SessionOperation.FIND, SessionOperation.DELETE, SessionOperation.SCAN)
                .probability(0.3)
                .failBefore(SessionErrorCode.UNAVAILABLE);
        sourceFaults.on(SessionOperation.DELETE).probability(0.3).failAfter();
        targetFaults.on(SessionOperation.FIND).probability(0.3).failBefore(SessionErrorCode.RATE_LIMITED);

        RetirementReport report = retirement().maxRetries(30).build().run();

        assertThat(report.succeeded()).isTrue();
        assertThat(report.counts().deleted()).isEqualTo(50);
        assertThat(Samples.keys(source)).isEmpty();
    }

    @Test
    void retire_targetThatGivesNoAnswer_keepsTheSessionAsFailed() {
        putInBoth(Samples.session(KEY, 2));
        SessionKey other = Samples.key(2);
        putInBoth(Samples.session(other, 2));
        targetFaults.on(SessionOperation.FIND).forKeys(KEY::equals).failBefore(SessionErrorCode.UNAVAILABLE);

        RetirementReport report = retirement().maxRetries(1).build().run();

        assertThat(report.counts()).isEqualTo(new RetirementCounts(1, 0, 0, 0, 0, 1));
        assertThat(Samples.keys(source)).containsExactly(KEY);
        assertThat(report.succeeded()).isFalse();
    }

    @Test
    void retire_unreadableInTheTargetOrTheSource_keepsIt() {
        putInBoth(Samples.session(KEY, 2));
        SessionKey inSource = Samples.key(2);
        putInBoth(Samples.session(inSource, 2));
        targetFaults.on(SessionOperation.FIND).forKeys(KEY::equals).failBefore(SessionErrorCode.CORRUPT);
        sourceFaults.on(SessionOperation.FIND).forKeys(inSource::equals).failBefore(SessionErrorCode.CORRUPT);
        SessionService withBrokenRecord = new UnreadableRecordsService(
                new FaultySessionService(source, sourceFaults),
                source.capabilities(),
                new UnreadableRecord("folder/broken.json", "no JSON"));

        RetirementReport report = retirement(withBrokenRecord).build().run();

        assertThat(report.counts()).isEqualTo(new RetirementCounts(0, 0, 0, 0, 3, 0));
        assertThat(report.succeeded()).isFalse();
        assertThat(Samples.keys(source)).hasSize(2);
        assertThat(report.toMarkdown()).contains("folder/broken.json");
    }

    @Test
    void retire_fatalError_stopsAtOnce() {
        Samples.fill(source, 200, 1);
        targetFaults.on(SessionOperation.FIND).failBefore(SessionErrorCode.PERMISSION_DENIED);

        RetirementReport report = retire();

        assertThat(report.run().ending()).isEqualTo(RunEnding.STOPPED);
        assertThat(report.run().stopReason().orElseThrow().code()).isEqualTo("PERMISSION_DENIED");
        assertThat(report.counts().done()).isLessThan(50);
        assertThat(Samples.keys(source)).hasSize(200);
    }

    @Test
    void retire_manyFailuresInARow_stops() {
        Samples.fill(source, 300, 1);
        targetFaults.on(SessionOperation.FIND).failBefore(SessionErrorCode.UNAVAILABLE);

        RetirementReport report = retirement().maxRetries(0).build().run();

        assertThat(report.run().stopReason().orElseThrow().code()).isEqualTo(Failure.TOO_MANY_FAILURES);
        assertThat(report.counts().failed()).isBetween(100L, 120L);
    }

    @Test
    void retire_scanThatBreaksOff_neverLooksComplete() {
        Samples.fill(source, 300, 1);
        Samples.fill(target, 300, 1);
        sourceFaults.on(SessionOperation.SCAN).skip(1).failBefore(SessionErrorCode.UNAVAILABLE);

        RetirementReport report = retirement().maxRetries(0).build().run();

        assertThat(report.succeeded()).isFalse();
        assertThat(report.run().ending()).isEqualTo(RunEnding.STOPPED);
    }

    @Test
    void retire_reservedRecords_areNotTouched() {
        SessionKey reserved = new SessionKey(SessionKey.RESERVED_APP_NAME, "plan", "plan");
        putInBoth(updatedAt(reserved, OLD));

        RetirementReport report = retire();

        assertThat(report.counts().done()).isZero();
        assertThat(Samples.keys(source)).containsExactly(reserved);
    }

    @Test
    void retire_cancelledBefore_doesNothing() {
        putInBoth(Samples.session(KEY, 2));
        Retirement retirement = retirement().build();

        retirement.cancel();
        RetirementReport report = retirement.run();

        assertThat(report.run().ending()).isEqualTo(RunEnding.CANCELLED);
        assertThat(report.succeeded()).isFalse();
        assertThat(Samples.keys(source)).containsExactly(KEY);
    }

    @Test
    void journal_listsWhatIsDeletedAndWhatStays_withoutContent(@TempDir Path folder) throws IOException {
        putInBoth(Samples.session(KEY, 2));
        Samples.put(source, Samples.session(Samples.key(2), 2));
        Path journal = folder.resolve("retired.jsonl");

        retirement().delete(false).journal(journal).build().run();
        retirement().journal(journal).build().run();

        assertThat(Files.readAllLines(journal))
                .hasSize(4)
                .anySatisfy(line -> assertThat(line).contains("\"would_be_deleted\"", KEY.sessionId()))
                .anySatisfy(line -> assertThat(line).contains("\"deleted\"", KEY.sessionId()))
                .anySatisfy(line ->
                        assertThat(line).contains("\"kept\"", Samples.key(2).sessionId(), Failure.NOT_IN_TARGET))
                .noneSatisfy(line -> assertThat(line).contains(Samples.SECRET));
    }

    @Test
    void journal_thatCannotBeOpened_isAnErrorBeforeAnythingIsDone(@TempDir Path folder) {
        putInBoth(Samples.session(KEY, 2));
        Retirement retirement = retirement().journal(folder).build();

        assertThatThrownBy(retirement::run).isInstanceOf(JournalException.class);
        assertThat(Samples.keys(source)).containsExactly(KEY);
    }

    @Test
    void build_withWhatMakesNoSense_isRefused() {
        Retirement.Builder sameStore = Retirement.builder(source, source.openAgain());
        Retirement.Builder readOnly = Retirement.builder(new UnreadableRecordsService(source, Set.of()), target)
                .delete(true);

        assertThatThrownBy(sameStore::build)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("both stores are memory:source");
        assertThatThrownBy(readOnly::build)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("can only be read");
        assertThatThrownBy(() -> retirement().olderThan(Duration.ofMillis(-1)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> retirement().olderThan(Duration.ofDays(36_501)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private void assertKept(RetirementReport report, String code) {
        assertThat(report.succeeded()).isFalse();
        assertThat(report.counts()).isEqualTo(new RetirementCounts(0, 0, 0, 1, 0, 0));
        assertThat(report.problems())
                .singleElement()
                .satisfies(problem -> assertThat(problem.code()).isEqualTo(code))
                .satisfies(problem -> assertThat(problem.whatToDo()).contains("validate --repair"))
                .satisfies(problem -> assertThat(problem.examples())
                        .singleElement()
                        .satisfies(example -> assertThat(example.key()).contains(KEY)));
        assertThat(Samples.keys(source)).containsExactly(KEY);
    }

    private RetirementReport retire() {
        return retirement().build().run();
    }

    private Retirement.Builder retirement() {
        return retirement(new FaultySessionService(source, sourceFaults));
    }

    private Retirement.Builder retirement(SessionService from) {
        return Retirement.builder(from, new FaultySessionService(target, targetFaults))
                .delete(true)
                .clock(clock)
                .retryDelay(Duration.ofMillis(1));
    }

    private InMemorySessionService store(String name) {
        return InMemorySessionService.builder().name(name).clock(clock).build();
    }

    private void putInBoth(Session session) {
        Samples.put(source, session);
        Samples.put(target, session);
    }

    private static Session updatedAt(SessionKey key, Instant time) {
        return Session.builder(key, time).createTime(OLD.minusSeconds(60)).build();
    }

    private static Session find(SessionService store) {
        return store.find(KEY, EventSelection.all()).orElseThrow();
    }
}
