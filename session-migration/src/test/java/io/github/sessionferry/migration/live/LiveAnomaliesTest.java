package io.github.sessionferry.migration.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.github.sessionferry.core.AmbiguousOutcomeException;
import io.github.sessionferry.core.AppendOutcome;
import io.github.sessionferry.core.EventSelection;
import io.github.sessionferry.core.ForwardingSessionService;
import io.github.sessionferry.core.Precondition;
import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionErrorCode;
import io.github.sessionferry.core.SessionEvent;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SessionNotFoundException;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.SharedScope;
import io.github.sessionferry.core.SharedStateOutcome;
import io.github.sessionferry.core.SharedValue;
import io.github.sessionferry.core.StateScope;
import io.github.sessionferry.core.StoreOutcome;
import io.github.sessionferry.core.rollout.Channel;
import io.github.sessionferry.core.rollout.RolloutPlan;
import io.github.sessionferry.core.rollout.RolloutPolicy;
import io.github.sessionferry.core.rollout.Stage;
import io.github.sessionferry.migration.MigrationReport;
import io.github.sessionferry.migration.Migrator;
import io.github.sessionferry.migration.Reconciler;
import io.github.sessionferry.testkit.SessionOperation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Interleavings in which live migrations of other systems have lost, doubled or revived data, each produced on purpose; and
 * each once more without the guard against it, to show that the interleaving needs it.
 */
@Timeout(120)
class LiveAnomaliesTest {

    private static final SessionKey KEY = TwoStores.key("user", "s1");
    private static final UnaryOperator<SessionService> INTACT = UnaryOperator.identity();

    private final TwoStores stores = new TwoStores();

    @AfterEach
    void close() {
        stores.close();
    }

    private static SessionService text(StagedSessionService process) {
        return process.serviceFor(null, Channel.TEXT);
    }

    private static void assertNeedsItsGuard(Runnable scenario) {
        assertThatThrownBy(scenario::run).isInstanceOf(AssertionError.class);
    }

    // I1

    @Test
    @DisplayName("I1: a dual write meets a session that the target does not have yet, while it is being copied")
    void i1_dualWriteOntoAMissingTargetSession_copiesFirst() {
        dualWriteDuringCopy(INTACT);
    }

    @Test
    void i1_withoutCopyingFirst_losesTheHistory() {
        assertNeedsItsGuard(() -> dualWriteDuringCopy(UpsertingStore::new));
    }

    private void dualWriteDuringCopy(UnaryOperator<SessionService> target) {
        TwoStores.put(stores.source, TwoStores.session(KEY, 2));
        stores.stage(Stage.DUAL_WRITE);
        stores.reachedTarget = target.apply(stores.reachedTarget);
        SessionService users = text(stores.process());
        boolean[] written = {false};
        stores.targetFaults.on(SessionOperation.STORE).forKeys(KEY::equals).runBefore(call -> {
            if (!written[0]) {
                written[0] = true;
                var unused = users.append(KEY, TwoStores.event(3, Map.of()));
                assertThat(TwoStores.ids(TwoStores.find(stores.target, KEY)))
                        .as("after the dual write, before the copy")
                        .containsExactly("e1", "e2", "e3");
            }
        });

        Reconciler.between(stores.source, stores.reachedTarget).reconcile(KEY);

        assertThat(written[0]).isTrue();
        stores.assertBothHave(KEY, "e1", "e2", "e3");
    }

    /** Takes an append to a session that it does not have for the first event of a new one. */
    private static final class UpsertingStore extends ForwardingSessionService {

        UpsertingStore(SessionService store) {
            super(store);
        }

        @Override
        public AppendOutcome append(SessionKey key, SessionEvent event) {
            try {
                return super.append(key, event);
            } catch (SessionNotFoundException e) {
                TwoStores.put(
                        this,
                        Session.builder(key, event.timestamp())
                                .events(List.of(event))
                                .build());
                return AppendOutcome.APPENDED;
            }
        }
    }

    // I2

    @Test
    @DisplayName("I2: a session is deleted in both stores between the read and the write of its copy")
    void i2_deleteDuringCopy_leavesNoZombie() {
        deleteDuringCopy(INTACT, INTACT);
    }

    @Test
    void i2_withoutAnotherLookAtTheSourceAndTombstones_leavesAZombie() {
        assertNeedsItsGuard(() -> deleteDuringCopy(RememberingStore::new, StoreWithoutTombstones::new));
    }

    private void deleteDuringCopy(UnaryOperator<SessionService> readByTheCopy, UnaryOperator<SessionService> reached) {
        TwoStores.put(stores.source, TwoStores.session(KEY, 2));
        stores.stage(Stage.DUAL_WRITE);
        stores.reachedSource = reached.apply(stores.reachedSource);
        stores.reachedTarget = reached.apply(stores.reachedTarget);
        StagedSessionService process = stores.process();
        stores.targetFaults
                .on(SessionOperation.STORE)
                .forKeys(KEY::equals)
                .times(1)
                .runBefore(call -> text(process).delete(KEY, Precondition.none()));

        Reconciler.between(readByTheCopy.apply(stores.source), stores.reachedTarget)
                .reconcile(KEY);

        assertThat(process.settleDebt()).isZero();
        stores.assertNeitherHas(KEY);
    }

    /** Tells for ever what it has told first. */
    private static final class RememberingStore extends ForwardingSessionService {
        private final Map<SessionKey, Optional<Session>> told = new HashMap<>();

        RememberingStore(SessionService store) {
            super(store);
        }

        @Override
        public Optional<Session> find(SessionKey key, EventSelection events) {
            return told.computeIfAbsent(key, absent -> super.find(key, EventSelection.all()));
        }
    }

    @Test
    @DisplayName("I2: the target deletes a session while the source is away and a copy is being written")
    void i2_deleteInTheTargetAlone_isNotUndoneByTheSourcesCopy() {
        deleteWhileTheSourceIsAway(INTACT);
    }

    @Test
    void i2_withoutTombstones_theSourcesCopyComesBack() {
        assertNeedsItsGuard(() -> deleteWhileTheSourceIsAway(StoreWithoutTombstones::new));
    }

    private void deleteWhileTheSourceIsAway(UnaryOperator<SessionService> mutation) {
        TwoStores.put(stores.source, TwoStores.session(KEY, 2));
        TwoStores.put(stores.target, TwoStores.session(KEY, 2));
        stores.stage(Stage.TARGET_FIRST);
        stores.reachedSource = mutation.apply(stores.reachedSource);
        stores.reachedTarget = mutation.apply(stores.reachedTarget);
        StagedSessionService process = stores.process();
        stores.sourceFaults
                .on(SessionOperation.FIND, SessionOperation.DELETE, SessionOperation.STORE)
                .failBefore(SessionErrorCode.UNAVAILABLE);
        text(process).delete(KEY, Precondition.none());
        assertThat(process.debt()).extracting(Owed::key).containsExactly(KEY);
        Reconciler.between(stores.source, stores.target).reconcile(KEY);
        assertThat(TwoStores.find(stores.target, KEY)).isPresent();

        stores.sourceFaults.clear();

        assertThat(process.settleDebt()).isZero();
        assertThat(TwoStores.find(text(process), KEY)).isEmpty();
        stores.assertNeitherHas(KEY);
    }

    /** Does not keep what it is told of deletions. */
    private static final class StoreWithoutTombstones extends ForwardingSessionService {

        StoreWithoutTombstones(SessionService store) {
            super(store);
        }

        @Override
        public StoreOutcome store(Session session, Precondition precondition) {
            return session.key().isReserved() && session.key().userId().equals("deleted")
                    ? StoreOutcome.of(StoreOutcome.Status.CREATED, 0)
                    : super.store(session, precondition);
        }
    }

    // I3

    @Test
    @DisplayName("I3: a session that is deleted while a read copies it from the source stays deleted")
    void i3_deleteDuringReadRepair_leavesNoZombie() {
        deleteDuringReadRepair(INTACT);
    }

    @Test
    void i3_withoutTombstones_leavesAZombie() {
        assertNeedsItsGuard(() -> deleteDuringReadRepair(StoreWithoutTombstones::new));
    }

    private void deleteDuringReadRepair(UnaryOperator<SessionService> mutation) {
        TwoStores.put(stores.source, TwoStores.session(KEY, 2));
        stores.stage(Stage.TARGET_FIRST);
        stores.reachedSource = mutation.apply(stores.reachedSource);
        stores.reachedTarget = mutation.apply(stores.reachedTarget);
        StagedSessionService reader = stores.process();
        StagedSessionService deleter = stores.process();
        boolean[] deleted = {false};
        stores.targetFaults
                .on(SessionOperation.STORE)
                .forKeys(KEY::equals)
                .times(1)
                .runBefore(call -> {
                    text(deleter).delete(KEY, Precondition.none());
                    deleted[0] = true;
                });

        Optional<Session> read = TwoStores.find(text(reader), KEY);

        assertThat(deleted[0]).isTrue();
        assertThat(read).as("what the reader is told").isEmpty();
        assertThat(deleter.settleDebt() + reader.settleDebt()).isZero();
        assertThat(TwoStores.find(text(reader), KEY)).isEmpty();
        stores.assertNeitherHas(KEY);
    }

    // I4

    @Test
    @DisplayName("I4: a process ends between the write to the source and that to the target")
    void i4_crashBetweenTheWrites_isSettledFromTheDebtFile(@TempDir Path folder) {
        crashBetweenTheWrites(folder.resolve("debt"), folder.resolve("debt"));
    }

    @Test
    void i4_withoutItsDebtFile_theStoresDiffer(@TempDir Path folder) {
        assertNeedsItsGuard(() -> crashBetweenTheWrites(folder.resolve("debt"), folder.resolve("other")));
    }

    private void crashBetweenTheWrites(Path file, Path fileOfTheNext) {
        TwoStores.put(stores.source, TwoStores.session(KEY, 2));
        TwoStores.put(stores.target, TwoStores.session(KEY, 2));
        stores.stage(Stage.DUAL_WRITE);
        StagedSessionService crashing = stores.process(stores.builder()
                .executor(never -> {})
                .secondWriteWait(Duration.ZERO)
                .debtFile(file));
        text(crashing).append(KEY, TwoStores.event(3));
        crashing.close();
        assertThat(TwoStores.ids(TwoStores.find(stores.target, KEY))).containsExactly("e1", "e2");

        StagedSessionService next = stores.process(stores.builder().debtFile(fileOfTheNext));

        assertThat(next.debt()).extracting(Owed::key, Owed::eventId).containsExactly(tuple(KEY, Optional.of("e3")));
        assertThat(next.settleDebt()).isZero();
        assertThat(next.debt()).isEmpty();
        stores.assertBothHave(KEY, "e1", "e2", "e3");
    }

    // I5

    @Test
    @DisplayName("I5: the target appends an event and does not answer; the caller tries again")
    void i5_lostAnswerOfTheFirstWrite_doublesNothing() {
        lostAnswerOfTheFirstWrite(INTACT);
    }

    @Test
    void i5_withoutLookingForTheEvent_doublesIt() {
        assertNeedsItsGuard(() -> lostAnswerOfTheFirstWrite(DoublingStore::new));
    }

    private void lostAnswerOfTheFirstWrite(UnaryOperator<SessionService> target) {
        TwoStores.put(stores.source, TwoStores.session(KEY, 2));
        TwoStores.put(stores.target, TwoStores.session(KEY, 2));
        stores.stage(Stage.TARGET_FIRST);
        stores.reachedTarget = target.apply(stores.reachedTarget);
        StagedSessionService process = stores.process();
        stores.targetFaults.on(SessionOperation.APPEND).times(1).failAfter();

        assertThatThrownBy(() -> text(process).append(KEY, TwoStores.event(3)))
                .isInstanceOf(AmbiguousOutcomeException.class);
        var unused = text(process).append(KEY, TwoStores.event(3));

        assertThat(process.settleDebt()).isZero();
        stores.assertBothHave(KEY, "e1", "e2", "e3");
    }

    @Test
    @DisplayName("I5: the second store appends an event and does not answer; the debt is settled")
    void i5_lostAnswerOfTheSecondWrite_doublesNothing() {
        lostAnswerOfTheSecondWrite(INTACT);
    }

    @Test
    void i5_withoutLookingForTheEventOfTheDebt_doublesIt() {
        assertNeedsItsGuard(() -> lostAnswerOfTheSecondWrite(DoublingStore::new));
    }

    private void lostAnswerOfTheSecondWrite(UnaryOperator<SessionService> target) {
        TwoStores.put(stores.source, TwoStores.session(KEY, 2));
        TwoStores.put(stores.target, TwoStores.session(KEY, 2));
        stores.stage(Stage.DUAL_WRITE);
        stores.reachedTarget = target.apply(stores.reachedTarget);
        StagedSessionService process = stores.process();
        stores.targetFaults.on(SessionOperation.APPEND).times(1).failAfter();

        assertThat(text(process).append(KEY, TwoStores.event(3))).isEqualTo(AppendOutcome.APPENDED);
        assertThat(process.debt()).extracting(Owed::key).containsExactly(KEY);
        assertThat(text(process).append(KEY, TwoStores.event(3))).isEqualTo(AppendOutcome.ALREADY_PRESENT);

        assertThat(process.settleDebt()).isZero();
        stores.assertBothHave(KEY, "e1", "e2", "e3");
    }

    /** Takes an event that it has for another one. */
    private static final class DoublingStore extends ForwardingSessionService {

        DoublingStore(SessionService store) {
            super(store);
        }

        @Override
        public AppendOutcome append(SessionKey key, SessionEvent event) {
            AppendOutcome outcome = super.append(key, event);
            return outcome == AppendOutcome.ALREADY_PRESENT
                    ? super.append(
                            key,
                            SessionEvent.builder(event.id() + "-again", event.author(), event.timestamp())
                                    .build())
                    : outcome;
        }
    }

    // I10

    @Test
    @DisplayName("I10: a bulk run is resumed by an old journal while users go on in the target")
    void i10_oldJournalWhileUsersGoOn_putsNothingOldOverTheNew(@TempDir Path folder) throws IOException {
        oldJournalWhileUsersGoOn(folder, INTACT);
    }

    @Test
    void i10_withoutThePreconditionOfAWrite_theOldIsPutOverTheNew(@TempDir Path folder) {
        assertThatThrownBy(() -> oldJournalWhileUsersGoOn(folder, OverwritingStore::new))
                .isInstanceOf(AssertionError.class);
    }

    private void oldJournalWhileUsersGoOn(Path folder, UnaryOperator<SessionService> target) throws IOException {
        Path journal = folder.resolve("run.jsonl");
        TwoStores.put(stores.source, TwoStores.session(KEY, 1));
        stores.stage(Stage.TARGET_FIRST);
        stores.reachedTarget = target.apply(stores.reachedTarget);
        StagedSessionService process = stores.process();
        var unused = migrator().journal(journal).build().run();
        Files.write(journal, Files.readAllLines(journal).subList(0, 1));
        stores.source.append(KEY, TwoStores.event(2));
        appendsBeforeTheCopyIsWritten(process, 3);

        MigrationReport report =
                migrator().journal(journal).resume(true).build().run();

        assertThat(report.succeeded()).as(report.toMarkdown()).isTrue();
        stores.sourceFaults.clear();
        assertThat(process.settleDebt()).isZero();
        stores.assertBothHave(KEY, "e1", "e2", "e3");
    }

    private Migrator.Builder migrator() {
        return Migrator.builder(stores.source, stores.reachedTarget).clock(stores.clock);
    }

    /** The process cannot reach the source, so that only the target has the event. */
    private void appendsBeforeTheCopyIsWritten(StagedSessionService process, int event) {
        stores.sourceFaults
                .on(SessionOperation.FIND, SessionOperation.APPEND, SessionOperation.STORE)
                .failBefore(SessionErrorCode.UNAVAILABLE);
        stores.targetFaults
                .on(SessionOperation.STORE)
                .forKeys(KEY::equals)
                .times(1)
                .runBefore(call -> text(process).append(KEY, TwoStores.event(event)));
    }

    /** Makes a session what it is given, whoever has written it meanwhile. */
    private static final class OverwritingStore extends ForwardingSessionService {

        OverwritingStore(SessionService store) {
            super(store);
        }

        @Override
        public StoreOutcome store(Session session, Precondition precondition) {
            if (session.key().isReserved()) {
                return super.store(session, precondition);
            }
            StoreOutcome outcome = super.store(session, precondition);
            if (outcome.status() != StoreOutcome.Status.CONFLICT) {
                return outcome;
            }
            super.delete(session.key(), Precondition.none());
            return super.store(session, Precondition.none());
        }
    }

    // I12

    @Test
    @DisplayName("I12: users in different stages change the same app: state, and one of them user: state")
    void i12_sharedStateOfUsersInDifferentStages_hasOneValue() {
        sharedStateOfTwoStages(INTACT);
    }

    @Test
    void i12_withoutTheSecondWrite_splits() {
        assertNeedsItsGuard(() -> sharedStateOfTwoStages(StoreWithoutSharedWrites::new));
    }

    /** One user's change to the target comes after another user's later change. */
    private void sharedStateOfTwoStages(UnaryOperator<SessionService> target) {
        SessionKey early = TwoStores.key("early", "s1");
        SessionKey late = TwoStores.key("late", "s2");
        for (SessionKey key : List.of(early, late)) {
            TwoStores.put(stores.source, TwoStores.session(key, 2));
            TwoStores.put(stores.target, TwoStores.session(key, 2));
        }
        stores.plan.set(RolloutPlan.of(
                Stage.SHADOW,
                Stage.TARGET_FIRST,
                RolloutPolicy.builder("test").allowedUserIds(Set.of("early")).build()));
        stores.reachedTarget = target.apply(stores.reachedTarget);
        StagedSessionService process = stores.process();
        stores.targetFaults
                .on(SessionOperation.APPEND)
                .forKeys(early::equals)
                .times(1)
                .runBefore(call -> text(process).append(late, TwoStores.event(4, Map.of("app:price", "late"))));

        text(process).append(early, TwoStores.event(3, Map.of("app:price", "early", "user:theme", "dark")));

        for (SessionService store : List.of(stores.source, stores.target)) {
            assertThat(TwoStores.shared(store, SharedScope.app("app"))).isEqualTo(Map.of("price", "late"));
            assertThat(TwoStores.shared(store, SharedScope.user("app", "early")))
                    .isEqualTo(Map.of("theme", "dark"));
        }
        for (SessionKey key : List.of(early, late)) {
            assertThat(TwoStores.find(text(process), key).orElseThrow().state())
                    .as("what %s reads", key.userId())
                    .containsEntry("app:price", "late");
        }
        assertThat(process.debt()).isEmpty();
    }

    /** Acknowledges changes of shared state that it drops. */
    private static final class StoreWithoutSharedWrites extends ForwardingSessionService {

        StoreWithoutSharedWrites(SessionService store) {
            super(store);
        }

        @Override
        public SharedStateOutcome storeSharedState(SharedScope scope, Map<String, SharedValue> values) {
            return new SharedStateOutcome(List.copyOf(values.keySet()), List.of(), List.of());
        }
    }

    // I13

    @Test
    @DisplayName("I13: two users' sessions have the same id, and both come over at their first use")
    void i13_sameIdOfTwoUsers_eachIsServedTheirOwn() {
        sameIdOfTwoUsers(INTACT);
    }

    @Test
    void i13_withOneNameSpaceForAllUsers_oneIsServedTheOthers() {
        assertNeedsItsGuard(() -> sameIdOfTwoUsers(StoreWithOneNameSpace::new));
    }

    private void sameIdOfTwoUsers(UnaryOperator<SessionService> target) {
        SessionKey ana = TwoStores.key("ana", "same");
        SessionKey ben = TwoStores.key("ben", "same");
        TwoStores.put(stores.source, TwoStores.session(ana, 1));
        TwoStores.put(stores.source, TwoStores.session(ben, 3));
        stores.stage(Stage.TARGET_FIRST);
        stores.reachedTarget = target.apply(stores.reachedTarget);
        SessionService users = text(stores.process());

        assertThat(TwoStores.ids(TwoStores.find(users, ana))).containsExactly("e1");
        assertThat(TwoStores.ids(TwoStores.find(users, ben))).containsExactly("e1", "e2", "e3");
        var unused = users.append(ana, TwoStores.event(7));
        assertThat(TwoStores.ids(TwoStores.find(users, ana))).containsExactly("e1", "e7");
        assertThat(TwoStores.ids(TwoStores.find(users, ben))).containsExactly("e1", "e2", "e3");
    }

    /** Knows sessions by their ids alone. */
    private static final class StoreWithOneNameSpace extends ForwardingSessionService {

        StoreWithOneNameSpace(SessionService store) {
            super(store);
        }

        private static SessionKey withoutUser(SessionKey key) {
            return key.isReserved() ? key : new SessionKey(key.appName(), "", key.sessionId());
        }

        @Override
        public Optional<Session> find(SessionKey key, EventSelection events) {
            return super.find(withoutUser(key), events).map(found -> withKey(found, key));
        }

        @Override
        public AppendOutcome append(SessionKey key, SessionEvent event) {
            return super.append(withoutUser(key), event);
        }

        @Override
        public StoreOutcome store(Session session, Precondition precondition) {
            return super.store(withKey(session, withoutUser(session.key())), precondition);
        }

        private static Session withKey(Session session, SessionKey key) {
            return Session.builder(key, session.updateTime())
                    .createTime(session.createTime().orElse(null))
                    .state(session.state())
                    .events(session.events())
                    .revision(session.revision().orElse(null))
                    .build();
        }
    }

    // I14

    @Test
    @DisplayName("I14: voice writes to the source while text writes the same session on the target")
    void i14_voiceAndTextAtOnce_doNotForkTheSession() {
        voiceAndTextAtOnce(Stage.TARGET_FIRST, INTACT);
    }

    @Test
    @DisplayName("I14: the same when everybody is on the target alone")
    void i14_voiceAndTextInTargetOnly_doNotForkTheSession() {
        voiceAndTextAtOnce(Stage.TARGET_ONLY, INTACT);
    }

    @Test
    void i14_withoutTheSecondWrite_forks() {
        assertNeedsItsGuard(() -> voiceAndTextAtOnce(Stage.TARGET_FIRST, StoreOfVoiceAlone::new));
    }

    private void voiceAndTextAtOnce(Stage stage, UnaryOperator<SessionService> source) {
        TwoStores.put(stores.source, TwoStores.session(KEY, 2));
        TwoStores.put(stores.target, TwoStores.session(KEY, 2));
        stores.stage(stage);
        stores.reachedSource = source.apply(stores.reachedSource);
        StagedSessionService process =
                stores.process(stores.builder().executor(Runnable::run).talksLive(true));
        SessionService voice = process.serviceFor("user", Channel.LIVE);
        stores.sourceFaults
                .on(SessionOperation.APPEND)
                .forKeys(KEY::equals)
                .times(1)
                .runAfter(call -> text(process).append(KEY, said("text", 4)));

        var unused = voice.append(KEY, said("voice", 3));

        assertThat(TwoStores.ids(TwoStores.find(voice, KEY)))
                .as("what voice reads next")
                .containsExactlyInAnyOrder("e1", "e2", "voice-3", "text-4");
        assertThat(TwoStores.ids(TwoStores.find(text(process), KEY)))
                .as("what text reads next")
                .containsExactlyInAnyOrder("e1", "e2", "voice-3", "text-4");
        stores.assertBothHave(KEY, "e1", "e2", "voice-3", "text-4");
    }

    @Test
    @DisplayName("I14: text sees what voice has said while the target was away, and voice what text has written")
    void i14_afterAnOutage_eachSidesNextReadSeesTheOther() {
        TwoStores.put(stores.source, TwoStores.session(KEY, 2));
        TwoStores.put(stores.target, TwoStores.session(KEY, 2));
        stores.stage(Stage.TARGET_ONLY);
        StagedSessionService process =
                stores.process(stores.builder().executor(Runnable::run).talksLive(true));
        SessionService voice = process.serviceFor("user", Channel.LIVE);
        stores.targetFaults.onAny().failBefore(SessionErrorCode.UNAVAILABLE);
        var unused = voice.append(KEY, said("voice", 3));
        stores.targetFaults.clear();

        assertThat(TwoStores.ids(TwoStores.find(text(process), KEY))).containsExactly("e1", "e2", "voice-3");
        var unusedToo = text(process).append(KEY, said("text", 4));
        assertThat(TwoStores.ids(TwoStores.find(voice, KEY))).containsExactly("e1", "e2", "voice-3", "text-4");
    }

    private static SessionEvent said(String how, int number) {
        return SessionEvent.builder(how + "-" + number, how, TwoStores.T0.plusSeconds(number))
                .stateDelta(Map.of("last", how))
                .build();
    }

    /** Acknowledges what it is given by others than voice, and drops it. */
    private static final class StoreOfVoiceAlone extends ForwardingSessionService {

        StoreOfVoiceAlone(SessionService store) {
            super(store);
        }

        @Override
        public AppendOutcome append(SessionKey key, SessionEvent event) {
            return event.author().equals("voice") ? super.append(key, event) : AppendOutcome.APPENDED;
        }

        @Override
        public StoreOutcome store(Session session, Precondition precondition) {
            return session.key().isReserved()
                    ? super.store(session, precondition)
                    : StoreOutcome.of(StoreOutcome.Status.UPDATED, 0);
        }
    }

    // I15

    @Test
    @DisplayName("I15: an old session whose events carry an old user: value comes over at its first use")
    void i15_historyCopiedAtARead_doesNotRollSharedStateBack() {
        historyCopiedAtARead(INTACT);
    }

    @Test
    void i15_whereHistoryChangesState_theOldValueComesBack() {
        assertNeedsItsGuard(() -> historyCopiedAtARead(ReplayingStore::new));
    }

    private void historyCopiedAtARead(UnaryOperator<SessionService> target) {
        SharedScope user = SharedScope.user("app", "user");
        TwoStores.put(
                stores.source,
                Session.builder(KEY, TwoStores.T0.plusSeconds(1))
                        .events(List.of(TwoStores.event(1, Map.of("user:theme", "light"))))
                        .build());
        var unused = stores.target.storeSharedState(
                user, Map.of("theme", SharedValue.of("dark", TwoStores.T0.plusSeconds(9))));
        stores.stage(Stage.TARGET_FIRST);
        stores.reachedTarget = target.apply(stores.reachedTarget);
        StagedSessionService process = stores.process();

        Session read = TwoStores.find(text(process), KEY).orElseThrow();

        assertThat(read.events()).hasSize(1);
        assertThat(read.state()).containsEntry("user:theme", "dark");
        assertThat(process.settleDebt()).isZero();
        assertThat(TwoStores.shared(stores.target, user)).isEqualTo(Map.of("theme", "dark"));
    }

    /** Lets the events that a session comes with change shared state, as if they happened now. */
    private static final class ReplayingStore extends ForwardingSessionService {

        ReplayingStore(SessionService store) {
            super(store);
        }

        @Override
        public StoreOutcome store(Session session, Precondition precondition) {
            for (SessionEvent event : session.events()) {
                Map<String, SharedValue> values = new HashMap<>();
                StateScope.USER
                        .select(event.stateDelta())
                        .forEach((name, value) -> values.put(name, SharedValue.replacing(value, null)));
                super.storeSharedState(session.key().userScope(), values);
            }
            return super.store(session, precondition);
        }
    }

    // I16

    @Test
    @DisplayName("I16: two bulk runs and a user's first read copy a session at once, and the user goes on")
    void i16_copiesAtOnce_makeOneSession() {
        copiesAtOnce(INTACT);
    }

    @Test
    void i16_withoutTheClaim_theLaterCopyDropsWhatTheUserHasWritten() {
        assertNeedsItsGuard(() -> copiesAtOnce(OverwritingStore::new));
    }

    private void copiesAtOnce(UnaryOperator<SessionService> target) {
        TwoStores.put(stores.source, TwoStores.session(KEY, 2));
        stores.stage(Stage.TARGET_FIRST);
        stores.reachedTarget = target.apply(stores.reachedTarget);
        StagedSessionService process = stores.process();
        List<MigrationReport> reports = new ArrayList<>();
        stores.targetFaults
                .on(SessionOperation.STORE)
                .forKeys(KEY::equals)
                .times(1)
                .runBefore(call -> {
                    reports.add(migrator().build().run());
                    assertThat(TwoStores.ids(TwoStores.find(text(process), KEY)))
                            .containsExactly("e1", "e2");
                    stores.sourceFaults
                            .on(SessionOperation.FIND, SessionOperation.APPEND, SessionOperation.STORE)
                            .failBefore(SessionErrorCode.UNAVAILABLE);
                    var unused = text(process).append(KEY, TwoStores.event(3));
                });

        reports.add(migrator().build().run());

        assertThat(reports).allSatisfy(report -> assertThat(report.succeeded()).isTrue());
        assertThat(reports.stream()
                        .mapToLong(report -> report.counts().created())
                        .sum())
                .isEqualTo(1);
        stores.sourceFaults.clear();
        assertThat(process.settleDebt()).isZero();
        stores.assertBothHave(KEY, "e1", "e2", "e3");
    }
}
