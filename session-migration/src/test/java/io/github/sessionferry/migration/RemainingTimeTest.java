package io.github.sessionferry.migration;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.sessionferry.core.CallQuota;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class RemainingTimeTest {

    private static final OptionalLong TOTAL = OptionalLong.of(1_000);
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private static CallQuota quota(String kind, double perMinute, double rate, long made) {
        return new CallQuota(kind, perMinute, rate, perMinute, made, 0);
    }

    @Test
    void estimate_withoutQuotas_isByThePace() {
        assertThat(RemainingTime.estimate(TOTAL, 250, 250, MINUTE, List.of()))
                .contains(new RemainingTime(Duration.ofMinutes(3), "the pace so far"));
    }

    @Test
    void estimate_severalQuotas_isByTheOneThatBinds() {
        List<CallQuota> quotas = List.of(
                quota("session writes", 70, 70, 100),
                quota("events appended", 210, 210, 3_000),
                quota("reads", 7_000, 7_000, 400));

        assertThat(RemainingTime.estimate(TOTAL, 100, 100, Duration.ofSeconds(5), quotas))
                .contains(new RemainingTime(Duration.ofSeconds(27_000 * 60 / 210), "events appended (210/min)"));
    }

    @Test
    void estimate_afterASlowDown_isByTheRateInForce() {
        List<CallQuota> quotas = List.of(quota("events appended", 300, 150, 300));

        assertThat(RemainingTime.estimate(TOTAL, 100, 100, MINUTE, quotas))
                .contains(new RemainingTime(Duration.ofMinutes(18), "events appended (150/min)"));
    }

    @Test
    void ofCalls_ofARamp_isByTheRateAsItGrows() {
        CallQuota ramp = new CallQuota("documents written", 21_000, 21_000, 1.5, Duration.ofMinutes(5), 0, 0, 0);

        assertThat(RemainingTime.ofCalls(ramp, 21_000))
                .isEqualTo(new RemainingTime(MINUTE, "documents written (21,000/min, growing)"));
        assertThat(RemainingTime.ofCalls(ramp, 5 * 21_000 + 5 * 31_500 + 47_250).time())
                .isEqualTo(Duration.ofMinutes(11));
        assertThat(RemainingTime.ofCalls(ramp, 10_000_000).time())
                .isBetween(MINUTE.multipliedBy(47), MINUTE.multipliedBy(49));
    }

    @Test
    void estimate_slowerThanEveryQuota_isByThePace() {
        List<CallQuota> quotas = List.of(quota("events appended", 300, 300, 100));

        assertThat(RemainingTime.estimate(TOTAL, 100, 100, MINUTE, quotas))
                .contains(new RemainingTime(Duration.ofMinutes(9), "the pace so far"));
    }

    @Test
    void estimate_aQuotaThatMakesThePace_isNamedThoughThePaceIsSlightlyLonger() {
        List<CallQuota> quotas = List.of(quota("events appended", 300, 300, 290));

        assertThat(RemainingTime.estimate(TOTAL, 100, 100, MINUTE, quotas))
                .contains(new RemainingTime(Duration.ofMinutes(9), "events appended (300/min)"));
    }

    @Test
    void estimate_afterAResume_countsTheCallsOfThisAttemptForItsSessionsOnly() {
        List<CallQuota> quotas = List.of(quota("events appended", 300, 300, 300));

        assertThat(RemainingTime.estimate(TOTAL, 900, 100, MINUTE, quotas))
                .contains(new RemainingTime(MINUTE, "events appended (300/min)"));
    }

    @Test
    void estimate_moreDoneThanExpected_isNothing() {
        assertThat(RemainingTime.estimate(TOTAL, 1_001, 1_001, MINUTE, List.of()))
                .map(RemainingTime::time)
                .contains(Duration.ZERO);
    }

    @Test
    void estimate_whereNothingIsKnown_isEmpty() {
        assertThat(RemainingTime.estimate(OptionalLong.empty(), 10, 10, MINUTE, List.of()))
                .isEqualTo(Optional.empty());
        assertThat(RemainingTime.estimate(TOTAL, 0, 0, MINUTE, List.of())).isEmpty();
    }
}
