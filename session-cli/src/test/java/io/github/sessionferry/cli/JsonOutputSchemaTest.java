package io.github.sessionferry.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import io.github.sessionferry.core.NewSession;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.SessionStores;
import io.github.sessionferry.migration.live.StoredPlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Holds what commands print with {@code --json} to the schemas in docs/schema, and the schemas to what they print. */
@Timeout(120)
class JsonOutputSchemaTest {

    private static final Path SCHEMAS = Path.of("").toAbsolutePath().resolveSibling("docs/schema");
    private static final ObjectMapper MAPPER = new ObjectMapper();

    @TempDir
    private Path folder;

    private final String source = "memory:" + UUID.randomUUID();
    private final String target = "memory:" + UUID.randomUUID();

    @Test
    void verifyBackup_isAsItsSchemaSays() throws IOException {
        fill(source);
        Path backup = folder.resolve("backup");
        assertThat(Run.of("backup", "--from", source, "--to", "" + backup).exitCode())
                .isZero();
        Run whole = Run.of("verify-backup", "--from", "" + backup, "--json");
        Files.delete(backup.resolve("part-00001.jsonl.gz"));

        assertSchema("backup-verification", whole, Run.of("verify-backup", "--from", "" + backup, "--json"));
    }

    @Test
    void reports_areAsTheirSchemasSay() throws IOException {
        fill(source);
        Path backup = folder.resolve("backup");
        Run analyze = Run.of("analyze", "--from", source, "--to", target, "--json");
        Run migrate = Run.of("migrate", "--from", source, "--to", target, "--json");
        Run validate = Run.of("validate", "--from", source, "--to", target, "--json");
        Run retire = Run.of("retire", "--from", source, "--to", target, "--older-than", "0s", "--json");
        Run backUp = Run.of("backup", "--from", source, "--to", "" + backup, "--json");
        Run restore = Run.of("restore", "--from", "" + backup, "--to", "memory:" + UUID.randomUUID(), "--json");

        assertThat(faults("analysis-report", analyze.json())).isEmpty();
        assertThat(faults("migration-report", migrate.json())).isEmpty();
        assertThat(faults("validation-report", validate.json())).isEmpty();
        assertThat(faults("retirement-report", retire.json())).isEmpty();
        assertThat(faults("backup-report", backUp.json())).isEmpty();
        assertThat(faults("migration-report", restore.json())).isEmpty();
        assertThat(restore.json().get("created").asInt()).isEqualTo(5);
    }

    @Test
    void stageGetSetAndHistory_areAsTheirSchemasSay() throws IOException {
        Run before = run("stage", "get", "--json");
        try (SessionService store = SessionStores.open(source);
                StoredPlan process =
                        StoredPlan.builder(store).interval(Duration.ZERO).build()) {
            Run set =
                    run("stage", "set", "DUAL_WRITE", "--percentage", "1", "--allow", "ana", "--wait", "0s", "--json");
            process.refresh();
            assertSchema("stage-status", before, set, run("stage", "get", "--json"));
        }
        assertThat(run("stage", "set", "TARGET_ONLY").exitCode()).isEqualTo(1);
        walk("DUAL_WRITE", "SHADOW");
        assertThat(run("stage", "set", "TARGET_FIRST", "--override", "VALIDATED")
                        .exitCode())
                .isZero();
        assertThat(run("rollback", "--emergency").exitCode()).isZero();

        assertSchema("stage-history", run("stage", "history", "--json"));
        assertThat(run("stage", "history", "--json").json().findValuesAsText("outcome"))
                .contains("MOVED", "REFUSED", "EMERGENCY");
    }

    @Test
    void rollback_isAsItsSchemasSay() throws IOException {
        walk("DUAL_WRITE", "SHADOW");
        assertThat(run("validate").exitCode()).isZero();
        walk("TARGET_FIRST");
        try (SessionService store = SessionStores.open(target)) {
            store.create(NewSession.builder(new SessionKey("app", "ana", "new")).build());
        }

        Run back = run("rollback", "--window", "0s", "--json");

        assertThat(back.json().at("/carriedBack/created").asInt()).isEqualTo(1);
        assertSchema("rollback-report", back, run("rollback", "--window", "0s", "--json"));
        assertSchema("emergency-report", run("rollback", "--emergency", "--json"));
    }

    private void walk(String... stages) {
        for (String stage : stages) {
            Run run = run("stage", "set", stage);
            assertThat(run.exitCode()).as(run.err() + run.out()).isZero();
        }
    }

    private Run run(String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--from", source, "--to", target));
        return Run.of(all.toArray(String[]::new));
    }

    private static void fill(String store) {
        Run run = Run.of("generate", "--to", store, "--sessions", "5", "--events", "2");
        assertThat(run.exitCode()).as(run.err()).isZero();
    }

    /** Each output keeps to the schema, and the schema names no field that none of them has. */
    private static void assertSchema(String name, Run... runs) throws IOException {
        Set<String> written = new TreeSet<>();
        for (Run run : runs) {
            assertThat(faults(name, run.json()))
                    .as("%s%n%s", run.out(), run.err())
                    .isEmpty();
            collectNames(run.json(), written);
        }
        objectsIn(schema(name)).forEach(object -> {
            assertThat(object.path("additionalProperties").asBoolean(true))
                    .as("%s forbids other fields wherever it names some: %s", name, object)
                    .isFalse();
            object.get("properties").properties().forEach(property -> {
                assertThat(property.getValue().has("description")
                                || property.getValue().has("$ref"))
                        .as("%s has a description in %s", property.getKey(), name)
                        .isTrue();
                assertThat(written)
                        .as("this test has an output with each field of %s", name)
                        .contains(property.getKey());
            });
        });
    }

    private static Set<?> faults(String name, JsonNode output) throws IOException {
        ObjectNode report = output.deepCopy();
        assertThat(report.remove("command"))
                .as("the command is named: %s", output)
                .isNotNull();
        JsonSchema schema =
                JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012).getSchema(schema(name));
        return schema.validate(report, context -> context.getExecutionConfig().setFormatAssertionsEnabled(true));
    }

    private static JsonNode schema(String name) throws IOException {
        return MAPPER.readTree(Files.readString(SCHEMAS.resolve(name + ".schema.json")));
    }

    private static List<JsonNode> objectsIn(JsonNode schema) {
        List<JsonNode> objects = new ArrayList<>();
        if (schema.path("properties").isObject() && schema.has("type")) {
            objects.add(schema);
        }
        schema.forEach(child -> objects.addAll(objectsIn(child)));
        return objects;
    }

    private static void collectNames(JsonNode json, Set<String> names) {
        json.fieldNames().forEachRemaining(names::add);
        json.forEach(child -> collectNames(child, names));
    }
}
