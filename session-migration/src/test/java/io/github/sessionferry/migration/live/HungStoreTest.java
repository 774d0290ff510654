package io.github.sessionferry.migration.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.github.sessionferry.core.EventSelection;
import io.github.sessionferry.core.NewSession;
import io.github.sessionferry.core.Precondition;
import io.github.sessionferry.core.ScanCursor;
import io.github.sessionferry.core.SessionErrorCode;
import io.github.sessionferry.core.SessionException;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SessionQuery;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.SharedScope;
import io.github.sessionferry.core.SharedValue;
import io.github.sessionferry.core.rollout.Channel;
import io.github.sessionferry.core.rollout.Stage;
import io.github.sessionferry.testkit.SessionOperation;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A store that never answers does not keep callers who do not need it, and takes nothing with it. */
@Timeout(120)
class HungStoreTest {

    /** Far more than any call takes, and far less than a call that waits for the hung store. */
    private static final Duration ANSWERED = Duration.ofSeconds(30);

    private static final Duration WITHOUT_END = Duration.ofHours(1);
    private static final Duration BOUND = Duration.ofMillis(50);
    private static final SessionKey KEY = TwoStores.key("user", "s1");

    private final TwoStores stores = new TwoStores();
    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void close() {
        stores.close();
        threads.shutdown();
    }

    private void putInBoth(SessionKey key) {
        TwoStores.put(stores.source, TwoStores.session(key, 2));
        TwoStores.put(stores.target, TwoStores.session(key, 2));
    }

    private SessionService text(StagedSessionService.Builder builder) {
        return stores.process(builder.executor(threads)).serviceFor("user", Channel.TEXT);
    }

    private SessionService voice(StagedSessionService.Builder builder) {
        return stores.process(builder.executor(threads)).serviceFor("user", Channel.LIVE);
    }

    private void awaitHangingInTarget(int calls) throws InterruptedException {
        assertThat(stores.targetFaults.awaitHanging(calls, ANSWERED)).isTrue();
    }

    /** The target answers again, and all that was waiting for it is done. */
    private void recover() throws InterruptedException {
        stores.targetFaults.clear();
        stores.targetFaults.release();
        threads.shutdown();
        assertThat(threads.awaitTermination(ANSWERED.toSeconds(), TimeUnit.SECONDS))
                .isTrue();
    }

    @ParameterizedTest
    @EnumSource(names = {"SOURCE_ONLY", "DUAL_WRITE"})
    void read_whileTheTargetHangs_doesNotAskIt(Stage stage) {
        putInBoth(KEY);
        stores.stage(stage);
        stores.targetFaults.onAny().hangBefore();
        SessionService text = text(stores.builder());

        assertTimeoutPreemptively(ANSWERED, () -> {
            assertThat(TwoStores.ids(TwoStores.find(text, KEY))).containsExactly("e1", "e2");
            assertThat(text.list(SessionQuery.ofUser("app", "user"), ScanCursor.START, 10)
                            .sessions())
                    .hasSize(1);
        });

        assertThat(stores.targetFaults.totalCalls()).isZero();
    }

    @Test
    void readInShadow_whileItsComparisonHangs_hasItsAnswer() throws InterruptedException {
        AtomicInteger dropped = new AtomicInteger();
        putInBoth(KEY);
        stores.stage(Stage.SHADOW);
        stores.targetFaults.onAny().hangBefore();
        SessionService text =
                text(stores.builder().shadowSample(1).mostShadowReads(3).listener(new StagedListener() {
                    @Override
                    public void shadowDropped() {
                        dropped.incrementAndGet();
                    }
                }));

        for (int i = 0; i < 10; i++) {
            assertTimeoutPreemptively(
                    ANSWERED,
                    () -> assertThat(TwoStores.ids(TwoStores.find(text, KEY))).containsExactly("e1", "e2"));
        }

        awaitHangingInTarget(3);
        assertThat(stores.targetFaults.totalCalls()).isEqualTo(3);
        assertThat(dropped).hasValue(7);
    }

    @ParameterizedTest
    @EnumSource(names = {"DUAL_WRITE", "SHADOW"})
    void write_whileTheTargetHangs_isAcknowledgedAndArrivesLater(Stage stage) throws InterruptedException {
        putInBoth(KEY);
        stores.stage(stage);
        stores.targetFaults.onAny().hangBefore();
        StagedSessionService staged =
                stores.process(stores.builder().executor(threads).secondWriteWait(Duration.ZERO));
        SessionService text = staged.serviceFor("user", Channel.TEXT);

        assertTimeoutPreemptively(ANSWERED, () -> text.append(KEY, TwoStores.event(3)));
        awaitHangingInTarget(1);
        assertThat(TwoStores.ids(TwoStores.find(stores.source, KEY))).contains("e3");
        assertThat(TwoStores.ids(TwoStores.find(stores.target, KEY))).doesNotContain("e3");
        assertFallBackIsRefused(text);

        recover();
        stores.assertBothHave(KEY, "e1", "e2", "e3");
        assertThat(staged.debt()).isEmpty();
    }

    /** The target would answer without what was acknowledged. */
    private void assertFallBackIsRefused(SessionService text) {
        stores.targetFaults.clear();
        stores.sourceFaults.on(SessionOperation.FIND).times(1).failBefore(SessionErrorCode.UNAVAILABLE);
        assertThatThrownBy(() -> text.find(KEY, EventSelection.all()))
                .isInstanceOfSatisfying(
                        SessionException.class, e -> assertThat(e.code()).isEqualTo(SessionErrorCode.UNAVAILABLE));
    }

    @ParameterizedTest
    @EnumSource(names = {"DUAL_WRITE", "SHADOW"})
    void write_whileTheTargetHangs_takesTheBoundAtMost(Stage stage) {
        putInBoth(KEY);
        stores.stage(stage);
        stores.targetFaults.onAny().hangBefore();
        SessionService text = text(stores.builder());

        long fastest = Long.MAX_VALUE;
        for (int i = 3; i < 23; i++) {
            long begin = System.nanoTime();
            var unused = text.append(KEY, TwoStores.event(i));
            fastest = Math.min(fastest, System.nanoTime() - begin);
        }

        assertThat(Duration.ofNanos(fastest)).isLessThan(BOUND);
    }

    @ParameterizedTest
    @EnumSource(names = {"DUAL_WRITE", "SHADOW"})
    void createAndDelete_whileTheTargetHangs_arriveLater(Stage stage) throws InterruptedException {
        SessionKey created = TwoStores.key("user", "s2");
        putInBoth(KEY);
        stores.stage(stage);
        stores.targetFaults.onAny().hangBefore();
        StagedSessionService staged =
                stores.process(stores.builder().executor(threads).secondWriteWait(Duration.ZERO));
        SessionService text = staged.serviceFor("user", Channel.TEXT);

        assertTimeoutPreemptively(ANSWERED, () -> {
            text.create(NewSession.builder(created).state(Map.of("a", 1L)).build());
            text.delete(KEY, Precondition.none());
        });
        awaitHangingInTarget(2);
        assertThat(TwoStores.find(text, KEY)).isEmpty();

        recover();
        stores.assertNeitherHas(KEY);
        stores.assertBothHave(created);
        assertThat(staged.debt()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(names = {"DUAL_WRITE", "SHADOW"})
    void sharedState_whileTheTargetHangs_isAcknowledgedAndArrivesLater(Stage stage) throws InterruptedException {
        SharedScope app = SharedScope.app("app");
        SharedScope user = SharedScope.user("app", "user");
        for (SessionService store : List.of(stores.source, stores.target)) {
            store.storeSharedState(user, Map.of("old", SharedValue.of(true, TwoStores.T0)));
        }
        stores.stage(stage);
        stores.targetFaults.onAny().hangBefore();
        StagedSessionService staged =
                stores.process(stores.builder().executor(threads).secondWriteWait(Duration.ZERO));
        SessionService text = staged.serviceFor("user", Channel.TEXT);

        assertTimeoutPreemptively(ANSWERED, () -> {
            text.storeSharedState(app, Map.of("price", SharedValue.of(7L, TwoStores.T0)));
            text.storeSharedState(
                    user, Map.of("theme", SharedValue.of("dark", TwoStores.T0), "old", SharedValue.removal()));
        });
        awaitHangingInTarget(2);
        assertThat(TwoStores.shared(text, app)).isEqualTo(Map.of("price", 7L));

        recover();
        for (SessionService store : List.of(stores.source, stores.target)) {
            assertThat(TwoStores.shared(store, app)).isEqualTo(Map.of("price", 7L));
            assertThat(TwoStores.shared(store, user)).isEqualTo(Map.of("theme", "dark"));
        }
        assertThat(staged.debt()).isEmpty();
    }

    @Test
    void sharedState_whileTheTargetHangs_takesTheBoundAtMost() {
        stores.stage(Stage.DUAL_WRITE);
        stores.targetFaults.onAny().hangBefore();
        SessionService text = text(stores.builder());

        long fastest = Long.MAX_VALUE;
        for (int i = 0; i < 20; i++) {
            long begin = System.nanoTime();
            text.storeSharedState(
                    SharedScope.user("app", "user"), Map.of("n", SharedValue.replacing((long) i, TwoStores.T0)));
            fastest = Math.min(fastest, System.nanoTime() - begin);
        }

        assertThat(Duration.ofNanos(fastest)).isLessThan(BOUND);
    }

    @Test
    void sharedState_whileTheTargetFails_isDebtThatIsSettled() {
        SharedScope user = SharedScope.user("app", "user");
        stores.stage(Stage.DUAL_WRITE);
        stores.targetFaults.onAny().failBefore(SessionErrorCode.UNAVAILABLE);
        StagedSessionService staged = stores.process(stores.builder().executor(Runnable::run));

        staged.serviceFor("user", Channel.TEXT)
                .storeSharedState(user, Map.of("theme", SharedValue.of("dark", TwoStores.T0)));

        assertThat(staged.ownDebt()).isEqualTo(1);
        stores.targetFaults.clear();
        assertThat(stores.process().settleDebt()).isZero();
        assertThat(TwoStores.shared(stores.target, user)).isEqualTo(Map.of("theme", "dark"));
    }

    @Test
    void debtOfASession_thatHangs_doesNotHoldUpThatOfTheOthers() throws Exception {
        int sessions = 20;
        for (int i = 0; i < sessions; i++) {
            putInBoth(TwoStores.key("user", "s" + i));
        }
        AtomicBoolean settling = new AtomicBoolean();
        CountDownLatch othersSettled = new CountDownLatch(1);
        stores.stage(Stage.DUAL_WRITE);
        stores.targetFaults.onAny().failBefore(SessionErrorCode.UNAVAILABLE);
        StagedSessionService staged = stores.process(stores.builder()
                .executor(threads)
                .secondWriteWait(WITHOUT_END)
                .listener(new StagedListener() {
                    @Override
                    public void debtChanged(int left) {
                        if (settling.get() && left == 1) {
                            othersSettled.countDown();
                        }
                    }
                }));
        SessionService text = staged.serviceFor("user", Channel.TEXT);
        for (int i = 0; i < sessions; i++) {
            text.append(TwoStores.key("user", "s" + i), TwoStores.event(3));
        }
        stores.targetFaults.clear();
        stores.targetFaults.onAny().forKeys(TwoStores.key("user", "s7")::equals).hangBefore();
        settling.set(true);

        Future<Integer> settled = threads.submit(staged::settleDebt);

        assertThat(othersSettled.await(ANSWERED.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(staged.ownDebt()).isEqualTo(1);
        stores.targetFaults.clear();
        stores.targetFaults.release();
        assertThat(settled.get(ANSWERED.toSeconds(), TimeUnit.SECONDS)).isZero();
        stores.assertBothHave(TwoStores.key("user", "s7"), "e1", "e2", "e3");
    }

    @Test
    void debtThatCannotBeRead_doesNotHoldUpThatOfTheOthers() {
        putInBoth(KEY);
        stores.stage(Stage.DUAL_WRITE);
        stores.targetFaults.onAny().failBefore(SessionErrorCode.UNAVAILABLE);
        SessionService text = text(stores.builder());
        new ControlRecords(stores.source, Debts.KIND, stores.clock).put("0", Map.of("app", "no session"));
        text.append(KEY, TwoStores.event(3));
        stores.targetFaults.clear();

        assertThat(stores.process().settleDebt()).isEqualTo(1);

        stores.assertBothHave(KEY, "e1", "e2", "e3");
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "SOURCE_ONLY")
    void voice_whileTheTargetHangs_neverWaits(Stage stage) throws InterruptedException {
        SessionKey created = TwoStores.key("user", "s2");
        putInBoth(KEY);
        stores.stage(stage);
        stores.targetFaults.onAny().hangBefore();
        SessionService voice = voice(
                stores.builder().talksLive(true).secondWriteWait(WITHOUT_END).shadowSample(1));

        assertTimeoutPreemptively(ANSWERED, () -> {
            voice.create(NewSession.builder(created).state(Map.of("a", 1L)).build());
            voice.append(KEY, TwoStores.event(3));
            assertThat(TwoStores.ids(TwoStores.find(voice, KEY))).containsExactly("e1", "e2", "e3");
        });

        awaitHangingInTarget(2);
        recover();
        stores.assertBothHave(KEY, "e1", "e2", "e3");
        stores.assertBothHave(created);
    }

    @Test
    void operationsInTargetOnly_whileTheSourceHangs_doNotAskIt() {
        SessionKey created = TwoStores.key("user", "s2");
        putInBoth(KEY);
        stores.stage(Stage.TARGET_ONLY);
        stores.sourceFaults.onAny().hangBefore();
        SessionService text = text(stores.builder().secondWriteWait(WITHOUT_END));

        assertTimeoutPreemptively(ANSWERED, () -> {
            text.create(NewSession.builder(created).build());
            text.append(KEY, TwoStores.event(3));
            assertThat(TwoStores.ids(TwoStores.find(text, KEY))).containsExactly("e1", "e2", "e3");
            text.list(SessionQuery.ofUser("app", "user"), ScanCursor.START, 10);
            text.delete(KEY, Precondition.none());
            assertThat(TwoStores.find(text, KEY)).isEmpty();
        });

        assertThat(stores.sourceFaults.totalCalls()).isZero();
    }

    @Test
    void manyWrites_whileTheTargetHangs_becomeDebtThatEveryProcessSees(@TempDir Path folder)
            throws InterruptedException {
        int sessions = 20;
        int atOnce = 3;
        for (int i = 0; i < sessions; i++) {
            putInBoth(TwoStores.key("user", "s" + i));
        }
        stores.stage(Stage.DUAL_WRITE);
        stores.targetFaults.onAny().hangBefore();
        Path debtFile = folder.resolve("debt");
        StagedSessionService staged = stores.process(stores.builder()
                .executor(threads)
                .secondWriteWait(Duration.ZERO)
                .mostSecondWrites(atOnce)
                .debtFile(debtFile));
        SessionService text = staged.serviceFor("user", Channel.TEXT);

        for (int i = 0; i < sessions; i++) {
            SessionKey key = TwoStores.key("user", "s" + i);
            assertTimeoutPreemptively(ANSWERED, () -> text.append(key, TwoStores.event(3)));
        }

        awaitHangingInTarget(atOnce);
        stores.targetFaults.clear();
        assertThat(stores.process().debt()).hasSize(sessions - atOnce);
        recover();
        assertThat(staged.settleDebt()).isZero();
        for (int i = 0; i < sessions; i++) {
            stores.assertBothHave(TwoStores.key("user", "s" + i), "e1", "e2", "e3");
        }
        assertThat(staged.debt()).isEmpty();
        staged.close();
        assertThat(stores.process(stores.builder().debtFile(debtFile)).debt()).isEmpty();
    }

    @Test
    void process_endingWhileTheTargetHangs_leavesItsDebtToTheNext(@TempDir Path folder) throws InterruptedException {
        putInBoth(KEY);
        stores.stage(Stage.DUAL_WRITE);
        stores.targetFaults.onAny().hangBefore();
        Path debtFile = folder.resolve("debt");
        StagedSessionService ending = stores.process(stores.builder()
                .executor(threads)
                .secondWriteWait(Duration.ZERO)
                .debtFile(debtFile));
        ending.serviceFor("user", Channel.TEXT).append(KEY, TwoStores.event(3));
        awaitHangingInTarget(1);
        ending.close();
        stores.targetFaults.clear();

        StagedSessionService next = stores.process(stores.builder().debtFile(debtFile));

        assertThat(next.debt()).extracting(Owed::key).containsExactly(KEY);
        assertThat(next.settleDebt()).isZero();
        stores.assertBothHave(KEY, "e1", "e2", "e3");
    }
}
