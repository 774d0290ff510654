package io.github.sessionferry.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.github.sessionferry.core.CallQuota;
import io.github.sessionferry.core.Capability;
import io.github.sessionferry.core.EventSelection;
import io.github.sessionferry.core.ForwardingSessionService;
import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionErrorCode;
import io.github.sessionferry.core.SessionException;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.SharedScope;
import io.github.sessionferry.core.SharedValue;
import io.github.sessionferry.core.StoreRehearsal;
import io.github.sessionferry.core.UnreadableRecord;
import io.github.sessionferry.migration.MigrationReport.PassedOver;
import io.github.sessionferry.migration.MigrationReport.SharedKey;
import io.github.sessionferry.testkit.FaultySessionService;
import io.github.sessionferry.testkit.InMemorySessionService;
import io.github.sessionferry.testkit.SessionFaults;
import io.github.sessionferry.testkit.SessionOperation;
import io.github.sessionferry.testkit.TestClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class SessionAnalyzerTest {

    private static final String SECRET = Samples.SECRET;

    private final InMemorySessionService source =
            InMemorySessionService.builder().name("memory:source").build();
    private final InMemorySessionService target =
            InMemorySessionService.builder().name("memory:target").build();
    private final SessionFaults sourceFaults = SessionFaults.none();
    private final SessionFaults targetFaults = SessionFaults.none();

    @Test
    void run_countsSessionsUsersEventsAndSizes() {
        Samples.fill(source, 100, 3);
        Samples.put(source, Samples.session(new SessionKey("shop", "", "visitor"), 0));
        Samples.put(source, Samples.session(new SessionKey("other", "user-1", "s"), 50));

        AnalysisReport report = analyzer().build().run();

        assertThat(report.succeeded()).isTrue();
        assertThat(report.counts()).isEqualTo(new AnalysisCounts(102, 1, 8, true, 2, 350, 0, 0));
        assertThat(report.eventsEach()).isEqualTo(new Distribution(3, 3, 50, 350));
        assertThat(report.bytes().p50()).isBetween(500L, 2_000L);
        assertThat(report.bytes().max()).isGreaterThan(10 * report.bytes().p50());
        assertThat(report.kinds()).containsOnly(Map.entry("state and events", 101L), Map.entry("state", 1L));
        assertThat(report.target()).isEmpty();
    }

    @Test
    void run_withAFileOfKinds_tellsKindsByTheKeysOfTheState(@TempDir Path folder) throws IOException {
        put("a", Map.of("user_id", 5L, "lang", "jp"));
        put("b", Map.of("login_name", "x"));
        put("c", Map.of("lang", "jp"));
        Path file = Files.writeString(
                folder.resolve("kinds.json"),
                "{\"kinds\": [{\"name\": \"signed in\", \"keys\": [\"user_id\", \"login_*\"]}], \"other\": \"visitor\"}");

        AnalysisReport report =
                analyzer().classifier(SessionClassifier.read(file)).build().run();

        assertThat(report.kinds()).containsOnly(Map.entry("signed in", 2L), Map.entry("visitor", 1L));
    }

    @Test
    void read_aFileOfKindsThatIsWrong_namesFileAndField(@TempDir Path folder) throws IOException {
        Map<String, String> wrong = Map.of(
                "{\"kinds\": [{\"name\": \"a\", \"keys\": [\"b\"], \"ttl\": 5}]}",
                        "kinds[0] has the unknown field 'ttl'",
                "{\"kinds\": [{\"name\": \"a\", \"keys\": []}]}", "kinds[0].keys",
                "{\"kinds\": [{\"name\": \"a\", \"keys\": [5]}]}", "kinds[0].keys",
                "{\"kinds\": [5]}", "kinds[0] is no JSON object",
                "{\"kinds\": [], \"unlisted\": \"x\"}", "the file has the unknown field 'unlisted'",
                "{}", "kinds",
                "{\"kinds\"", "JSON");

        for (Map.Entry<String, String> entry : wrong.entrySet()) {
            Path file = Files.writeString(folder.resolve("kinds.json"), entry.getKey());

            assertThatThrownBy(() -> SessionClassifier.read(file))
                    .as(entry.getKey())
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("kinds.json")
                    .hasMessageContaining(entry.getValue());
        }
        assertThatThrownBy(() -> SessionClassifier.read(folder.resolve("none")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("none");
    }

    @Test
    void run_withVeryManyKinds_keepsAHundredAndCountsTheRestTogether() {
        Samples.fill(source, 150, 0);

        AnalysisReport report = analyzer()
                .classifier(session -> session.key().sessionId())
                .build()
                .run();

        assertThat(report.kinds()).hasSize(101).containsEntry(AnalysisTally.OTHER_KINDS, 50L);
    }

    @Test
    void run_withATarget_tellsWhatItWouldMakeOfTheSessions() {
        Samples.fill(source, 100, 3);
        Samples.fill(target, 20, 3);

        AnalysisReport.Target found =
                analyzer().to(new Engine(target)).build().run().target().orElseThrow();

        assertThat(found.present()).isEqualTo(20);
        assertThat(found.refused()).isEqualTo(1);
        assertThat(found.encodings()).containsOnly(Map.entry("bytes", 2L * 79));
        assertThat(found.mappedIds().count()).isEqualTo(79);
        assertThat(found.mappedIds().examples()).hasSize(10).containsValue("mapped");
    }

    @Test
    void run_withATarget_tellsWhatTheTargetWouldRefuse_asSkipped() {
        Samples.fill(source, 100, 3);

        AnalysisReport report = analyzer().to(new Engine(target)).build().run();

        assertThat(report.succeeded()).isFalse();
        assertThat(report.counts().skipped()).isEqualTo(1);
        assertThat(report.problems())
                .extracting(Problem::code, Problem::skipped, Problem::count)
                .containsExactly(tuple("INVALID_SESSION", true, 1L));
        assertThat(report.toMarkdown()).contains("too large", "00030");
    }

    @Test
    void run_withATarget_estimatesTheTimeByTheQuotaThatBinds_lessTheReserve() {
        Samples.fill(source, 100, 3);
        TestClock clock = TestClock.at(Samples.T0);

        AnalysisReport.Target found = analyzer()
                .to(new Engine(target))
                .reserve(0.5)
                .clock(clock)
                .build()
                .run()
                .target()
                .orElseThrow();

        // 99 sessions with 3 events each, at half of 300 events a minute; 99 writes at half of 100 a minute
        assertThat(found.estimate()).isEqualTo(new RemainingTime(Duration.ofSeconds(119), "events appended (150/min)"));
        assertThat(found.bounds())
                .containsExactly(
                        new RemainingTime(Duration.ofMillis(118_800), "session writes (50/min)"),
                        new RemainingTime(Duration.ofMillis(118_800), "events appended (150/min)"),
                        new RemainingTime(Duration.ZERO, "latency of the stores"));
        assertThat(found.reserve()).isEqualTo(0.5);
    }

    @Test
    void run_withATargetWithoutQuota_estimatesTheTimeByTheLatency() {
        Samples.fill(source, 100, 3);
        TestClock clock = TestClock.at(Samples.T0);
        SessionService slow = new ForwardingSessionService(target) {
            @Override
            public Map<SessionKey, Session> findAll(Collection<SessionKey> keys, EventSelection events) {
                clock.advance(Duration.ofSeconds(1));
                return super.findAll(keys, events);
            }
        };

        AnalysisReport.Target found = analyzer()
                .to(slow)
                .concurrency(1)
                .clock(clock)
                .build()
                .run()
                .target()
                .orElseThrow();

        // each is looked up once and written with one call
        assertThat(found.estimate()).isEqualTo(new RemainingTime(Duration.ofSeconds(200), "latency of the stores"));
    }

    @Test
    void run_ofSessionsWithCopiesOfSharedKeys_findsThoseThatDisagree() {
        put("a", Map.of("user:theme", "dark", "user:lang", "jp"));
        put("b", Map.of("user:theme", "light", "user:lang", "jp"));
        put("c", Map.of("user:theme", "blue"));
        SessionService copying = withoutCapability(source, Capability.SHARED_STATE);

        AnalysisReport report = SessionAnalyzer.builder(copying).build().run();

        assertThat(report.sharedState().conflicts()).isEqualTo(1);
        assertThat(report.sharedState().conflictExamples())
                .containsExactly(new SharedKey(SharedScope.user("shop", "ana"), "theme"));
        assertThat(report.toJson()).contains("user:theme").doesNotContain("light");
    }

    @Test
    void run_ofSharedStateThatDiffersInTheTarget_findsIt() {
        source.storeSharedState(SharedScope.app("shop"), Map.of("currency", SharedValue.of("EUR", Samples.T0)));
        target.storeSharedState(
                SharedScope.app("shop"), Map.of("currency", SharedValue.of("USD", Samples.T0.plusSeconds(1))));

        AnalysisReport report = analyzer().to(target).build().run();

        assertThat(report.sharedState().scopes()).isEqualTo(1);
        assertThat(report.sharedState().conflictExamples())
                .containsExactly(new SharedKey(SharedScope.app("shop"), "currency"));
    }

    @Test
    void run_ofASourceThatMergesCopies_countsThoseThatItOverrules() {
        source.storeSharedState(SharedScope.app("shop"), Map.of("currency", SharedValue.of("EUR", Samples.T0)));
        target.storeSharedState(SharedScope.app("shop"), Map.of("currency", SharedValue.of("USD", Samples.T0)));
        SessionService merging = Samples.withOverruledCopies(source);

        AnalysisReport alone = SessionAnalyzer.builder(merging).build().run();
        AnalysisReport compared =
                SessionAnalyzer.builder(merging).to(target).build().run();

        assertThat(alone.sharedState().conflicts()).isEqualTo(1);
        assertThat(alone.sharedState().overruledCopies().count()).isEqualTo(1);
        assertThat(compared.sharedState()).isEqualTo(alone.sharedState());
    }

    @Test
    void run_withATargetThatKeepsNeitherEventsNorSharedState_saysWhatWouldBeLost() {
        Samples.fill(source, 10, 2);
        source.storeSharedState(SharedScope.app("shop"), Map.of("currency", SharedValue.of("EUR", Samples.T0)));
        SessionService poor = withoutCapability(withoutCapability(target, Capability.EVENTS), Capability.SHARED_STATE);

        AnalysisReport report = analyzer().to(poor).build().run();

        assertThat(report.succeeded()).isFalse();
        assertThat(report.problems())
                .flatExtracting(Problem::examples)
                .extracting(Problem.Example::place)
                .containsExactlyInAnyOrder("shared state of app shop", "events");
    }

    @Test
    void run_ofBrokenSessions_tellsEachReason_andTheRest() {
        Samples.fill(source, 100, 2);
        sourceFaults.on(SessionOperation.FIND).forKeys(Samples.key(3)::equals).failBefore(SessionErrorCode.CORRUPT);
        sourceFaults.on(SessionOperation.FIND).forKeys(Samples.key(4)::equals).failBefore(SessionErrorCode.UNAVAILABLE);
        SessionService broken = new UnreadableRecordsService(
                new FaultySessionService(source, sourceFaults),
                source.capabilities(),
                new UnreadableRecord("folder/broken.json", "no JSON"));

        AnalysisReport report =
                SessionAnalyzer.builder(broken).maxRetries(0).build().run();

        assertThat(report.counts().sessions()).isEqualTo(98);
        assertThat(report.counts().skipped()).isEqualTo(2);
        assertThat(report.counts().failed()).isEqualTo(1);
        assertThat(report.problems())
                .extracting(Problem::code, Problem::count)
                .containsExactly(tuple("UNAVAILABLE", 1L), tuple("CORRUPT", 2L));
        assertThat(report.toMarkdown()).contains("folder/broken.json", "no JSON");
    }

    @Test
    void run_ofRecordsOfSomebodyElse_tellsThemAsPassedOver_andCountsThemAsNothingElse() {
        Samples.fill(source, 3, 1);
        SessionService shared = new UnreadableRecordsService(source, source.capabilities());

        AnalysisReport report = SessionAnalyzer.builder(shared).build().run();

        assertThat(report.passedOver()).isEqualTo(new PassedOver(1, List.of(UnreadableRecordsService.OTHER)));
        assertThat(report.counts().sessions()).isEqualTo(3);
        assertThat(report.counts().skipped()).isZero();
        assertThat(report.succeeded()).isTrue();
        assertThat(report.toMarkdown()).contains("## Passed over", "folder/other.txt", "of somebody else");
        assertThat(report.toHtml()).contains("Passed over", "folder/other.txt", "of somebody else");
    }

    @Test
    void run_ofAStoreThatIsReadManyAtATime_findsTheBrokenOneAmongThem() {
        Samples.fill(source, 100, 2);
        sourceFaults.on(SessionOperation.FIND).forKeys(Samples.key(3)::equals).failBefore(SessionErrorCode.CORRUPT);
        SessionService batched = new ForwardingSessionService(new FaultySessionService(source, sourceFaults)) {
            @Override
            public int batchSize() {
                return 16;
            }
        };

        AnalysisReport report = SessionAnalyzer.builder(batched).build().run();

        assertThat(report.counts().sessions()).isEqualTo(99);
        assertThat(report.counts().skipped()).isEqualTo(1);
    }

    @Test
    void run_withATargetThatCannotLookUpOne_tellsIt_andTheRest() {
        Samples.fill(source, 5, 1);
        targetFaults.on(SessionOperation.FIND_ALL).times(1).runBefore(call -> {
            throw new IllegalArgumentException("no such key");
        });

        AnalysisReport report = analyzer().to(faultyTarget()).build().run();

        assertThat(report.counts().sessions()).isEqualTo(4);
        assertThat(report.counts().skipped()).isEqualTo(1);
    }

    @Test
    void run_withATargetThatRefusesTheCredentials_stops() {
        Samples.fill(source, 500, 0);
        targetFaults.on(SessionOperation.FIND_ALL).failBefore(SessionErrorCode.PERMISSION_DENIED);

        AnalysisReport report =
                analyzer().to(faultyTarget()).maxRetries(0).build().run();

        assertThat(report.run().ending()).isEqualTo(RunEnding.STOPPED);
        assertThat(report.run().stopReason()).map(Failure::code).contains("PERMISSION_DENIED");
        assertThat(report.succeeded()).isFalse();
    }

    @Test
    void run_writesNothing_andShowsNoContent() {
        Samples.fill(source, 20, 3);

        AnalysisReport report = analyzer().to(faultyTarget()).build().run();

        for (SessionOperation operation : SessionOperation.values()) {
            if (operation.isChange()) {
                assertThat(sourceFaults.calls(operation)).as("%s", operation).isZero();
                assertThat(targetFaults.calls(operation)).as("%s", operation).isZero();
            }
        }
        assertThat(report.toJson() + report.toMarkdown() + report.toHtml() + report)
                .doesNotContain(SECRET);
        assertThat(Samples.keys(target)).isEmpty();
    }

    @Test
    void cancel_beforeTheRun_looksAtNothing() {
        Samples.fill(source, 20, 3);
        SessionAnalyzer analyzer = analyzer().build();
        analyzer.cancel();

        AnalysisReport report = analyzer.run();

        assertThat(report.run().ending()).isEqualTo(RunEnding.CANCELLED);
        assertThat(report.succeeded()).isFalse();
        assertThatThrownBy(analyzer::run).isInstanceOf(IllegalStateException.class);
    }

    private SessionAnalyzer.Builder analyzer() {
        return SessionAnalyzer.builder(new FaultySessionService(source, sourceFaults))
                .retryDelay(Duration.ofMillis(1));
    }

    private SessionService faultyTarget() {
        return new FaultySessionService(target, targetFaults);
    }

    private void put(String id, Map<String, Object> state) {
        Session session = Session.builder(new SessionKey("shop", "ana", id), Samples.T0)
                .state(state)
                .build();
        Samples.put(source, session);
        copies.put(session.key(), session);
    }

    /** What sessions hold that have copies of shared keys, which the store in memory does not keep. */
    private final Map<SessionKey, Session> copies = new HashMap<>();

    private SessionService withoutCapability(SessionService store, Capability missing) {
        return new ForwardingSessionService(store) {
            @Override
            public Set<Capability> capabilities() {
                Set<Capability> rest = EnumSet.copyOf(super.capabilities());
                rest.remove(missing);
                return rest;
            }

            @Override
            public Optional<Session> find(SessionKey key, EventSelection events) {
                return copies.containsKey(key) ? Optional.of(copies.get(key)) : super.find(key, events);
            }
        };
    }

    /** A store with quotas and a limit, which maps ids and encodes bytes. */
    private static final class Engine extends ForwardingSessionService {
        private final double share;

        Engine(SessionService store) {
            this(store, 1);
        }

        private Engine(SessionService store, double share) {
            super(store);
            this.share = share;
        }

        @Override
        public StoreRehearsal rehearse(Session session) {
            if (session.key().equals(Samples.key(30))) {
                throw new SessionException(SessionErrorCode.INVALID_SESSION, "the session is too large");
            }
            return new StoreRehearsal(
                    Map.of("bytes", 2),
                    Optional.of("mapped"),
                    Map.of(
                            "session writes",
                            1,
                            "events appended",
                            session.events().size()),
                    1 + session.events().size());
        }

        @Override
        public SessionService forBulkWork(double reserve) {
            return new Engine(this, 1 - reserve);
        }

        @Override
        public List<CallQuota> quotas() {
            return List.of(quota("session writes", 100), quota("events appended", 300));
        }

        private CallQuota quota(String kind, double perMinute) {
            return new CallQuota(kind, perMinute * share, perMinute * share, 0, 0, 0);
        }
    }
}
