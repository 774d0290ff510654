package io.github.sessionferry.migration;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A {@link ValidationReport} as JSON; its names are kept from release to release. Thread-safe: static methods only. */
final class ValidationJson {

    private ValidationJson() {}

    static String write(ValidationReport report) {
        ValidationCounts counts = report.counts();
        Map<String, Object> json = ReportJson.begin("validation", report.run());
        json.put("verdict", ReportJson.name(report.verdict()));
        json.put("equal", report.equal());
        report.sample().ifPresent(sample -> json.put("sample", sample(sample)));
        if (report.named() > 0) {
            json.put("named", report.named());
        }
        report.selfTest().ifPresent(test -> json.put("selfTest", selfTest(test)));
        json.put("repair", report.repair());
        json.put("toleranceSeconds", Rates.seconds(report.tolerance()));
        json.put("source", counts.source());
        json.put("target", counts.target());
        json.put("matched", counts.matched());
        json.put("different", counts.different());
        json.put("missing", counts.missing());
        json.put("unexpected", counts.unexpected());
        json.put("repaired", counts.repaired());
        json.put("unreadableInSource", counts.unreadableInSource());
        json.put("unreadableInTarget", counts.unreadableInTarget());
        json.put("failed", counts.failed());
        json.put("differences", counts.differences());
        json.put("sharedScopes", counts.sharedScopes());
        json.put("sharedDifferent", counts.sharedDifferent());
        json.put("sharedRepaired", counts.sharedRepaired());
        json.put(
                "sessions",
                report.sessions().stream().map(ValidationJson::session).toList());
        json.put(
                "sharedState",
                report.scopes().stream().map(ValidationJson::scope).toList());
        json.put("problems", ReportJson.problems(report.problems()));
        return ReportJson.write(json);
    }

    private static Map<String, Object> sample(SampleResult sample) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("share", sample.share());
        json.put("seed", sample.seed());
        json.put("compared", sample.compared());
        json.put("differing", sample.differing());
        json.put("confidence", SampleResult.CONFIDENCE);
        json.put("atMost", sample.atMost());
        return json;
    }

    private static Map<String, Object> selfTest(SelfTestReport test) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("passed", test.passed());
        json.put("sessions", test.sessions());
        json.put("planted", test.planted());
        json.put("found", test.found());
        json.put("falseAlarm", test.falseAlarm());
        json.put("faults", test.results().stream().map(ValidationJson::result).toList());
        return json;
    }

    private static Map<String, Object> result(SelfTestReport.Result result) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("fault", ReportJson.name(result.fault()));
        json.put("planted", ReportJson.name(result.place()));
        json.put("found", result.found());
        return json;
    }

    private static Map<String, Object> session(DifferingSession session) {
        Map<String, Object> json = ReportJson.key(session.key());
        json.put("status", ReportJson.name(session.status()));
        json.put("differences", differences(session.differences()));
        return json;
    }

    private static Map<String, Object> scope(DifferingScope scope) {
        Map<String, Object> json = ReportJson.scope(scope.scope());
        json.put("differences", differences(scope.differences()));
        return json;
    }

    private static List<Map<String, Object>> differences(List<Difference> differences) {
        return differences.stream().map(ValidationJson::difference).toList();
    }

    private static Map<String, Object> difference(Difference difference) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("path", difference.path());
        json.put("kind", ReportJson.name(difference.kind()));
        difference.eventId().ifPresent(id -> json.put("eventId", id));
        difference.detail().ifPresent(detail -> json.put("detail", detail));
        return json;
    }
}
