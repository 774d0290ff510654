package io.github.sessionferry.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.sessionferry.core.AmbiguousOutcomeException;
import io.github.sessionferry.core.SessionErrorCode;
import io.github.sessionferry.core.SessionException;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.SharedScope;
import io.github.sessionferry.core.SharedValue;
import io.github.sessionferry.testkit.FaultySessionService;
import io.github.sessionferry.testkit.InMemorySessionService;
import io.github.sessionferry.testkit.SessionCall;
import io.github.sessionferry.testkit.SessionFaults;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Faults in a fifth of all calls of both stores, a third of them after the call was applied. Whether a call meets one
 * follows from the seed, what is called, the session and how many calls of that kind it has had: not from the order in
 * which threads come by.
 */
@Timeout(120)
class FaultyStoresTest {

    private static final int SESSIONS = 150;
    private static final int EVENTS = 5;
    private static final double SHARE = 0.2;
    private static final double BEFORE = SHARE * 2 / 3;
    private static final double AFTER = SHARE / 3;

    private final InMemorySessionService source =
            InMemorySessionService.builder().build();
    private final LongAdder faults = new LongAdder();
    private final LongAdder calls = new LongAdder();

    @ParameterizedTest
    @CsvSource({"1,1", "2,1", "3,1", "4,1", "5,1", "6,1", "7,1", "8,1", "9,3", "10,3", "11,7", "12,7"})
    void migration_losesAndDoublesNothing(long seed, int batchSize) {
        InMemorySessionService target =
                InMemorySessionService.builder().batchSize(batchSize).build();
        Samples.fill(source, SESSIONS, EVENTS);
        for (int i = 0; i < 7; i++) {
            source.storeSharedState(
                    SharedScope.user("shop", "user-" + i), Map.of("theme", SharedValue.of("dark", Samples.T0)));
        }

        MigrationReport report = Migrator.builder(faulty(source, 31 * seed), faulty(target, 31 * seed + 1))
                .maxRetries(12)
                .retryDelay(Duration.ofNanos(1_000))
                .pageSize(7)
                .build()
                .run();

        assertThat(report.succeeded())
                .as("seed %s: %s", seed, report.toMarkdown())
                .isTrue();
        assertThat(report.counts().done()).isEqualTo(SESSIONS);
        assertThat(faults.doubleValue() / calls.doubleValue()).isCloseTo(SHARE, within(expectedSpread()));
        ValidationReport proof = Validator.builder(source, target)
                .tolerance(Duration.ZERO)
                .build()
                .run();
        assertThat(proof.equal()).as("seed %s: %s", seed, proof.toMarkdown()).isTrue();
        assertThat(proof.counts().matched()).isEqualTo(SESSIONS);
        assertThat(proof.counts().target()).isEqualTo(SESSIONS);
    }

    /** Five standard deviations: a batch is one call, so there may be as few as a hundred. */
    private double expectedSpread() {
        return 5 * Math.sqrt(SHARE * (1 - SHARE) / calls.doubleValue());
    }

    private SessionService faulty(SessionService store, long seed) {
        SessionFaults lostAnswers = SessionFaults.none();
        Chances after = new Chances(seed, AFTER / (1 - BEFORE));
        lostAnswers.onAny().runAfter(call -> {
            if (after.strike(call)) {
                throw lost(call);
            }
        });
        SessionFaults refusals = SessionFaults.none();
        Chances before = new Chances(~seed, BEFORE);
        refusals.onAny().runBefore(call -> {
            calls.increment();
            if (before.strike(call)) {
                throw new SessionException(SessionErrorCode.UNAVAILABLE, "refused");
            }
        });
        return new FaultySessionService(new FaultySessionService(store, lostAnswers), refusals);
    }

    private static SessionException lost(SessionCall call) {
        return call.operation().isChange()
                ? new AmbiguousOutcomeException("no answer", call.key().orElse(null), null)
                : new SessionException(SessionErrorCode.UNAVAILABLE, "no answer");
    }

    /** Draws from the seed, the call, and how many like it came before. */
    private final class Chances {
        private final long seed;
        private final double share;
        private final Map<SessionCall, AtomicInteger> before = new ConcurrentHashMap<>();

        Chances(long seed, double share) {
            this.seed = seed;
            this.share = share;
        }

        boolean strike(SessionCall call) {
            int number =
                    before.computeIfAbsent(call, first -> new AtomicInteger()).incrementAndGet();
            String drawn = call.operation().name() + call.key() + number;
            boolean strikes = new SplittableRandom(Objects.hash(seed, drawn)).nextDouble() < share;
            if (strikes) {
                faults.increment();
            }
            return strikes;
        }
    }
}
