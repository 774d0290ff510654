package io.github.sessionferry.migration;

import io.github.sessionferry.migration.MigrationReport.RolledBack;
import io.github.sessionferry.migration.MigrationReport.SharedState;
import io.github.sessionferry.migration.Speed.SlowSession;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/** A {@link MigrationReport} as JSON; its names are kept from release to release. Thread-safe: static methods only. */
final class MigrationJson {

    private MigrationJson() {}

    static String write(MigrationReport report) {
        MigrationCounts counts = report.counts();
        Map<String, Object> json = ReportJson.begin("migration", report.run());
        json.put("dryRun", report.dryRun());
        json.put("succeeded", report.succeeded());
        json.put("done", counts.done());
        json.put("migrated", counts.migrated());
        json.put("created", counts.created());
        json.put("updated", counts.updated());
        json.put("unchanged", counts.unchanged());
        json.put("targetAhead", counts.targetAhead());
        json.put("gone", counts.gone());
        json.put("skipped", counts.skipped());
        json.put("failed", counts.failed());
        json.put("eventsAppended", counts.eventsAppended());
        json.put("retries", counts.retries());
        json.put("sessionsPerSecond", report.sessionsPerSecond());
        report.speed().latency().ifPresent(latency -> json.put("latencySeconds", latency(latency)));
        json.put(
                "slowest",
                report.speed().slowest().stream().map(MigrationJson::slow).toList());
        json.put("timeline", timeline(report.speed().timeline()));
        report.rollback().ifPresent(rollback -> json.put("rollback", rollback(rollback)));
        json.put("quotas", report.quotas().stream().map(MigrationJson::quota).toList());
        json.put("problems", ReportJson.problems(report.problems()));
        json.put("passedOver", ReportJson.passedOver(report.passedOver()));
        json.put("encodings", new TreeMap<>(report.encodings()));
        json.put("tempKeysDropped", report.tempKeysDropped());
        json.put("synthesisedIds", new TreeMap<>(report.synthesisedIds()));
        json.put("mappedIds", ReportJson.mappedIds(report.mappedIds()));
        json.put("sharedState", sharedState(report.sharedState()));
        return ReportJson.write(json);
    }

    private static Map<String, Object> latency(Latency latency) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("p50", Rates.seconds(latency.p50()));
        json.put("p95", Rates.seconds(latency.p95()));
        json.put("p99", Rates.seconds(latency.p99()));
        json.put("max", Rates.seconds(latency.max()));
        return json;
    }

    private static Map<String, Object> slow(SlowSession slow) {
        Map<String, Object> json = ReportJson.key(slow.key());
        json.put("status", ReportJson.name(slow.status()));
        json.put("seconds", Rates.seconds(slow.duration()));
        json.put("events", slow.events());
        json.put("time", slow.time().toString());
        return json;
    }

    private static Map<String, Object> timeline(Timeline timeline) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("start", timeline.start().toString());
        json.put("spanSeconds", Rates.seconds(timeline.width()));
        json.put("spans", timeline.spans().stream().map(MigrationJson::span).toList());
        return json;
    }

    private static Map<String, Object> span(Timeline.Span span) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("done", span.done());
        json.put("notMoved", span.notMoved());
        json.put("events", span.events());
        span.latency().ifPresent(latency -> json.put("latencySeconds", latency(latency)));
        return json;
    }

    private static Map<String, Object> rollback(RolledBack rollback) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("removed", group(rollback.removed()));
        json.put("changed", group(rollback.changed()));
        json.put("failed", group(rollback.failed()));
        return json;
    }

    private static Map<String, Object> group(RolledBack.Group group) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("count", group.count());
        json.put("examples", group.examples().stream().map(ReportJson::key).toList());
        return json;
    }

    private static Map<String, Object> quota(QuotaUse use) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("store", use.store());
        json.put("kind", use.kind());
        json.put("perMinute", use.perMinute());
        json.put("allowed", Math.round(use.allowed()));
        json.put("made", use.made());
        json.put("refused", use.refused());
        json.put("shareUsed", use.shareUsed());
        return json;
    }

    private static Map<String, Object> sharedState(SharedState shared) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("scopes", shared.scopes());
        json.put("written", shared.written());
        json.put("unchanged", shared.unchanged());
        json.put("failed", shared.failed());
        json.put("conflicts", shared.conflicts());
        json.put(
                "conflictExamples",
                shared.conflictExamples().stream().map(ReportJson::sharedKey).toList());
        json.put("overruledCopies", ReportJson.overruledCopies(shared.overruledCopies()));
        return json;
    }
}
