package io.github.sessionferry.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.sessionferry.core.Precondition;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SharedScope;
import io.github.sessionferry.core.SharedValue;
import io.github.sessionferry.core.rollout.RolloutPolicy;
import io.github.sessionferry.migration.ValidationReport.Verdict;
import io.github.sessionferry.testkit.FaultySessionService;
import io.github.sessionferry.testkit.InMemorySessionService;
import io.github.sessionferry.testkit.SessionFaults;
import io.github.sessionferry.testkit.SessionOperation;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SampleTest {

    private static final int SESSIONS = 400;

    private final InMemorySessionService source = InMemorySessionService.create();
    private final InMemorySessionService target = InMemorySessionService.create();
    private final SessionFaults sourceFaults = SessionFaults.none();
    private final SessionFaults targetFaults = SessionFaults.none();

    @Test
    void includes_choosesAboutTheShare_andOthersWithAnotherSeed() {
        Sample sample = new Sample(0.05, 42);
        Sample other = new Sample(0.05, 43);

        long chosen = keys(100_000).stream().filter(sample::includes).count();
        long inBoth = keys(100_000).stream()
                .filter(sample::includes)
                .filter(other::includes)
                .count();

        assertThat(chosen).isBetween(4_700L, 5_300L);
        assertThat(inBoth).isBetween(150L, 350L);
    }

    @Test
    void includes_ofTheUsersInARollout_choosesAboutTheShareToo() {
        RolloutPolicy rollout = RolloutPolicy.builder("42").percentage(20).build();
        Sample sample = new Sample(0.05, 42);
        List<SessionKey> inRollout = IntStream.range(0, 100_000)
                .mapToObj(i -> new SessionKey("shop", "user-" + i, "session"))
                .filter(key -> rollout.decide(key.userId()).included())
                .toList();

        long chosen = inRollout.stream().filter(sample::includes).count();

        assertThat(inRollout).hasSizeBetween(19_000, 21_000);
        assertThat(chosen).isBetween(900L, 1_100L);
    }

    /** Kept from release to release, so that a run can be repeated with a newer one. */
    @Test
    void includes_isStable() {
        Sample sample = new Sample(0.1, 7);

        assertThat(IntStream.range(0, 60).filter(i -> sample.includes(Samples.key(i))))
                .containsExactly(2, 6, 13, 23, 30, 39, 45);
    }

    @Test
    void includes_ofTheSameTextsDividedOtherwise_isAnotherChoice() {
        Sample sample = new Sample(0.5, 1);

        assertThat(IntStream.range(0, 100)
                        .filter(i -> sample.includes(new SessionKey("a" + i, "b", "c"))
                                != sample.includes(new SessionKey("a", i + "b", "c"))))
                .isNotEmpty();
    }

    @Test
    void run_ofASample_comparesOnlyThatInBothDirections_andRepeatsIt() {
        fillBoth();

        ValidationReport report = validator(0.1, 7).build().run();
        long reads = sourceFaults.calls(SessionOperation.FIND);
        ValidationReport again = validator(0.1, 7).build().run();

        assertThat(report.verdict()).isEqualTo(Verdict.SAMPLE_EQUAL);
        assertThat(report.equal()).isFalse();
        assertThat(report.counts().matched()).isBetween(20L, 60L).isEqualTo(reads);
        assertThat(report.counts().source()).isEqualTo(report.counts().target());
        assertThat(again.counts()).isEqualTo(report.counts());
        assertThat(report.sample()).hasValueSatisfying(sample -> {
            assertThat(sample.seed()).isEqualTo(7);
            assertThat(sample.compared()).isEqualTo(report.counts().matched());
            assertThat(sample.differing()).isZero();
        });
        assertThat(report.toMarkdown())
                .startsWith("# Validation: no difference in a sample of "
                        + report.counts().matched() + " sessions\n")
                .contains("chosen with seed 7", "with 95 % confidence at most");
        assertThat(report.toJson()).contains("\"verdict\" : \"sample_equal\"", "\"equal\" : false", "\"seed\" : 7");
    }

    @Test
    void run_ofASample_findsWhatDiffersInIt_inEitherDirection() {
        fillBoth();
        List<SessionKey> inSample =
                keys(SESSIONS).stream().filter(new Sample(0.1, 7)::includes).toList();
        target.delete(inSample.get(0), Precondition.none());
        source.delete(inSample.get(1), Precondition.none());
        keys(SESSIONS).stream()
                .filter(key -> !inSample.contains(key))
                .limit(50)
                .forEach(key -> target.delete(key, Precondition.none()));

        ValidationReport report = validator(0.1, 7).build().run();

        assertThat(report.verdict()).isEqualTo(Verdict.DIFFERENT);
        assertThat(report.counts().missing()).isEqualTo(1);
        assertThat(report.counts().unexpected()).isEqualTo(1);
        assertThat(report.sample()).hasValueSatisfying(sample -> {
            assertThat(sample.differing()).isEqualTo(2);
            assertThat(sample.compared()).isEqualTo(inSample.size());
        });
    }

    @Test
    void run_ofASampleWithoutASeed_tellsTheOneItDrew() {
        fillBoth();

        ValidationReport report =
                Validator.builder(source, target).sample(0.1).build().run();

        long seed = report.sample().orElseThrow().seed();
        assertThat(validator(0.1, seed).build().run().counts()).isEqualTo(report.counts());
    }

    @Test
    void run_ofASample_comparesSharedStateOfEveryApplication_andOfUsersByTheShare() {
        for (int i = 0; i < SESSIONS; i++) {
            source.storeSharedState(SharedScope.app("app" + i), Map.of("a", SharedValue.of(1L, null)));
            source.storeSharedState(SharedScope.user("app", "u" + i), Map.of("a", SharedValue.of(1L, null)));
        }

        assertThat(validator(0.1, 7).build().run().counts().sharedDifferent())
                .isBetween(SESSIONS + 20L, SESSIONS + 60L);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 1204, 0.0024850",
        "0, 1, 0.95",
        "1, 1, 1",
        "0, 0, 1",
        // The classic table: 1 of 10 and 5 of 100, one-sided 95 %.
        "1, 10, 0.3941633",
        "5, 100, 0.1022534",
    })
    void atMost_isTheBoundOfClopperAndPearson(long differing, long compared, double expected) {
        assertThat(new SampleResult(0.05, 1, compared, differing).atMost()).isCloseTo(expected, within(1e-6));
    }

    @Test
    void inWords_roundsTheBoundUp() {
        assertThat(new SampleResult(0.05, 1, 1_204, 0).inWords())
                .isEqualTo("0 of 1,204 looked at differ: with 95 % confidence at most 0.25 % of all sessions do");
        assertThat(new SampleResult(0.05, 1, 10, 1).inWords())
                .isEqualTo("1 of 10 looked at differs: with 95 % confidence at most 40 % of all sessions do");
        assertThat(new SampleResult(0.05, 1, 0, 0).inWords()).contains("at most 100 %");
    }

    @Test
    void builder_withASampleOutOfBounds_orASeedAlone_isRefused() {
        Validator.Builder builder = Validator.builder(source, target);

        assertThatThrownBy(() -> builder.sample(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder.sample(1.01)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder.sample(Double.NaN)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder.sampleSeed(3).build()).isInstanceOf(IllegalStateException.class);
    }

    private Validator.Builder validator(double share, long seed) {
        return Validator.builder(
                        new FaultySessionService(source, sourceFaults), new FaultySessionService(target, targetFaults))
                .sample(share)
                .sampleSeed(seed);
    }

    private void fillBoth() {
        Samples.fill(source, SESSIONS, 1);
        Samples.fill(target, SESSIONS, 1);
    }

    private static List<SessionKey> keys(int count) {
        return IntStream.range(0, count).mapToObj(Samples::key).toList();
    }
}
