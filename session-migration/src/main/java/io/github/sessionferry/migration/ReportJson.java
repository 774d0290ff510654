package io.github.sessionferry.migration;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.sessionferry.core.OverruledCopies;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SharedScope;
import io.github.sessionferry.migration.MigrationReport.MappedIds;
import io.github.sessionferry.migration.MigrationReport.PassedOver;
import io.github.sessionferry.migration.MigrationReport.SharedKey;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What both kinds of report have in common as JSON. Thread-safe: static methods only. */
final class ReportJson {

    private static final int VERSION = 1;
    private static final ObjectMapper MAPPER =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private ReportJson() {}

    static String write(Map<String, Object> report) {
        try {
            return MAPPER.writeValueAsString(report) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a report consists of texts, numbers, lists and maps", e);
        }
    }

    static Map<String, Object> begin(String kind, RunSummary run) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("report", kind);
        json.put("version", VERSION);
        json.put("from", run.from());
        json.put("to", run.to());
        json.put("started", run.started().toString());
        json.put("finished", run.finished().toString());
        json.put("attempts", run.attempts());
        json.put("seconds", Rates.seconds(run.duration()));
        json.put("ending", name(run.ending()));
        run.stopReason()
                .ifPresent(
                        reason -> json.put("stopReason", Map.of("code", reason.code(), "message", reason.message())));
        return json;
    }

    static List<Map<String, Object>> problems(List<Problem> problems) {
        return problems.stream().map(ReportJson::problem).toList();
    }

    private static Map<String, Object> problem(Problem problem) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("status", problem.skipped() ? "skipped" : "failed");
        json.put("code", problem.code());
        json.put("count", problem.count());
        json.put("whatToDo", problem.whatToDo());
        json.put(
                "examples", problem.examples().stream().map(ReportJson::example).toList());
        return json;
    }

    private static Map<String, Object> example(Problem.Example example) {
        Map<String, Object> json = new LinkedHashMap<>();
        example.key().ifPresentOrElse(key -> json.putAll(key(key)), () -> json.put("place", example.place()));
        json.put("message", example.message());
        return json;
    }

    static Map<String, Object> key(SessionKey key) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("app", key.appName());
        json.put("user", key.userId());
        json.put("session", key.sessionId());
        return json;
    }

    static Map<String, Object> scope(SharedScope scope) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("app", scope.appName());
        scope.userId().ifPresent(user -> json.put("user", user));
        return json;
    }

    static Map<String, Object> mappedIds(MappedIds mapped) {
        List<Map<String, Object>> examples = mapped.examples().entrySet().stream()
                .map(entry -> mappedId(entry.getKey(), entry.getValue()))
                .toList();
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("count", mapped.count());
        json.put("examples", examples);
        return json;
    }

    private static Map<String, Object> mappedId(SessionKey key, String storedId) {
        Map<String, Object> json = key(key);
        json.put("storedId", storedId);
        return json;
    }

    static Map<String, Object> sharedKey(SharedKey key) {
        Map<String, Object> json = scope(key.scope());
        json.put("key", key.scope().stateScope().prefix() + key.key());
        return json;
    }

    static Map<String, Object> overruledCopies(OverruledCopies copies) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("count", copies.count());
        json.put("examples", copies.examples().stream().map(ReportJson::copy).toList());
        return json;
    }

    private static Map<String, Object> copy(OverruledCopies.Copy copy) {
        Map<String, Object> json = key(copy.session());
        json.put("key", copy.stateKey());
        json.put("updateTime", copy.updateTime().toString());
        return json;
    }

    static Map<String, Object> passedOver(PassedOver passedOver) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("count", passedOver.count());
        json.put(
                "examples",
                passedOver.examples().stream()
                        .map(other -> Map.of("place", other.location(), "message", other.reason()))
                        .toList());
        return json;
    }

    static String name(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
