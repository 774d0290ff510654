package io.github.sessionferry.migration;

import io.github.sessionferry.migration.AnalysisReport.SharedState;
import io.github.sessionferry.migration.AnalysisReport.Target;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/** An {@link AnalysisReport} as JSON; its names are kept from release to release. Thread-safe: static methods only. */
final class AnalysisJson {

    private AnalysisJson() {}

    static String write(AnalysisReport report) {
        AnalysisCounts counts = report.counts();
        Map<String, Object> json = ReportJson.begin("analysis", report.run());
        json.put("succeeded", report.succeeded());
        json.put("sessions", counts.sessions());
        json.put("visitors", counts.visitors());
        json.put("users", counts.users());
        json.put("usersExact", counts.usersExact());
        json.put("apps", counts.apps());
        json.put("events", counts.events());
        json.put("skipped", counts.skipped());
        json.put("failed", counts.failed());
        json.put("sessionBytes", distribution(report.bytes()));
        json.put("sessionEvents", distribution(report.eventsEach()));
        json.put("kinds", new TreeMap<>(report.kinds()));
        json.put("sharedState", sharedState(report.sharedState()));
        report.target().ifPresent(target -> json.put("target", target(target)));
        json.put("problems", ReportJson.problems(report.problems()));
        json.put("passedOver", ReportJson.passedOver(report.passedOver()));
        return ReportJson.write(json);
    }

    private static Map<String, Object> distribution(Distribution sizes) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("p50", sizes.p50());
        json.put("p95", sizes.p95());
        json.put("max", sizes.max());
        json.put("total", sizes.total());
        return json;
    }

    private static Map<String, Object> sharedState(SharedState shared) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("scopes", shared.scopes());
        json.put("conflicts", shared.conflicts());
        json.put(
                "conflictExamples",
                shared.conflictExamples().stream().map(ReportJson::sharedKey).toList());
        json.put("overruledCopies", ReportJson.overruledCopies(shared.overruledCopies()));
        return json;
    }

    private static Map<String, Object> target(Target target) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("present", target.present());
        json.put("refused", target.refused());
        json.put("encodings", new TreeMap<>(target.encodings()));
        json.put("mappedIds", ReportJson.mappedIds(target.mappedIds()));
        json.put("reserve", target.reserve());
        json.put("estimate", bound(target.estimate()));
        json.put("bounds", target.bounds().stream().map(AnalysisJson::bound).toList());
        return json;
    }

    private static Map<String, Object> bound(RemainingTime time) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("seconds", Rates.seconds(time.time()));
        json.put("boundBy", time.boundBy());
        return json;
    }
}
