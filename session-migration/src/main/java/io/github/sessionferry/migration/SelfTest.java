package io.github.sessionferry.migration;

import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionEvent;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SharedScope;
import io.github.sessionferry.core.SharedValue;
import io.github.sessionferry.migration.FaultPlanter.Planted;
import io.github.sessionferry.migration.SelfTestReport.Place;
import io.github.sessionferry.migration.SelfTestReport.Result;
import io.github.sessionferry.migration.ValidationReport.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.stream.Collectors;

/**
 * Plants known faults in copies of what two stores hold, one at a time, and sees whether a validation finds exactly that.
 * The stores themselves are not touched. Immutable.
 */
final class SelfTest {

    private static final SessionKey MADE_UP = new SessionKey("session-ferry-self-test", "user", "made-up");

    private final Copies copies;
    private final Duration tolerance;
    private final BiFunction<ScratchData, ScratchData, ValidationReport> validation;

    /**
     * What both stores hold of the same sessions and scopes, which are equal.
     *
     * @param source copies of the source's
     * @param target copies of the target's
     * @param sharedState whether both stores keep shared state
     */
    record Copies(ScratchData source, ScratchData target, boolean sharedState) {}

    /** Tests the comparison of two stores as it is set up. */
    static SelfTest of(Validator.Builder settings) {
        return new SelfTest(
                new CopyGathering(settings).gather(),
                settings.tolerance,
                (source, target) -> compare(settings, source, target));
    }

    private static ValidationReport compare(Validator.Builder settings, ScratchData source, ScratchData target) {
        Validator.Builder copied = Validator.builder(
                        new ScratchStore(settings.from, source), new ScratchStore(settings.to, target))
                .concurrency(settings.concurrency)
                .pageSize(settings.pageSize)
                .retryDelay(Duration.ofMillis(1))
                .tolerance(settings.tolerance)
                .tempState(settings.tempState);
        RunControl control = new RunControl();
        Findings findings = new Findings(copied.maxDifferences);
        Instant started = settings.clock.instant();
        new StoreComparison(copied, Sample.ALL, control, findings, Optional.empty(), StoreComparison.Watcher.NOBODY)
                .run();
        RunSummary summary = new RunSummary(
                copied.from.name(),
                copied.to.name(),
                started,
                started,
                1,
                Duration.ZERO,
                control.ending(),
                control.stopReason());
        return findings.tally()
                .report(new ValidationReport.Run(summary, settings.tolerance, Sample.ALL, 0, false, Optional.empty()));
    }

    /**
     * Makes a self-test.
     *
     * @param copies what to plant faults in
     * @param tolerance how far apart times may be and still count as equal
     * @param validation what is tested: compares a source with a target
     */
    SelfTest(Copies copies, Duration tolerance, BiFunction<ScratchData, ScratchData, ValidationReport> validation) {
        this.copies = withMadeUp(copies);
        this.tolerance = tolerance;
        this.validation = validation;
    }

    SelfTestReport run() {
        boolean falseAlarm = validation.apply(copies.source(), copies.target()).verdict() != Verdict.EQUAL;
        return new SelfTestReport(
                copies.source().sessions().size() - 1,
                falseAlarm,
                Arrays.stream(PlantedFault.values()).map(this::test).toList());
    }

    private Result test(PlantedFault fault) {
        FaultPlanter planter = new FaultPlanter(copies.target(), tolerance);
        for (SessionKey key : copies.target().sessions().keySet()) {
            Optional<Planted> planted = planter.plant(fault, key);
            if (planted.isPresent()) {
                return new Result(fault, key.equals(MADE_UP) ? Place.MADE_UP : Place.STORES, isFound(planted.get()));
            }
        }
        return new Result(fault, Place.NOWHERE, false);
    }

    private boolean isFound(Planted planted) {
        ValidationReport report = validation.apply(copies.source(), planted.target());
        return report.verdict() == Verdict.DIFFERENT
                && report.counts().comparedAll()
                && report.sessions().stream()
                        .map(DifferingSession::key)
                        .collect(Collectors.toSet())
                        .equals(planted.sessions())
                && report.scopes().stream()
                        .map(DifferingScope::scope)
                        .collect(Collectors.toSet())
                        .equals(planted.scopes());
    }

    // ---- the made-up session, last in both copies

    private static Copies withMadeUp(Copies copies) {
        return new Copies(
                withMadeUp(copies.source(), copies.sharedState()),
                withMadeUp(copies.target(), copies.sharedState()),
                copies.sharedState());
    }

    private static ScratchData withMadeUp(ScratchData data, boolean sharedState) {
        ScratchData more = data.with(madeUp());
        return sharedState
                ? more.with(
                                SharedScope.user(MADE_UP.appName(), MADE_UP.userId()),
                                Map.of("theme", SharedValue.of("dark", null)))
                        .with(SharedScope.app(MADE_UP.appName()), Map.of("currency", SharedValue.of("EUR", null)))
                : more;
    }

    private static Session madeUp() {
        Instant start = Instant.parse("2026-01-01T00:00:00Z");
        List<SessionEvent> events = new ArrayList<>();
        for (int i = 1; i <= 3; i++) {
            events.add(SessionEvent.builder("event-" + i, "user", start.plusMillis(i))
                    .content(Map.of("role", "user", "parts", List.of(Map.of("text", "message " + i))))
                    .build());
        }
        return Session.builder(MADE_UP, start.plusSeconds(1))
                .createTime(start)
                .state(Map.of("count", 1L, "cart", Map.of("items", List.of(Map.of("article", "tea")))))
                .events(events)
                .build();
    }
}
