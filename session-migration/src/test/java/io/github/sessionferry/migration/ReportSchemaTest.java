package io.github.sessionferry.migration;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.InputFormat;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import io.github.sessionferry.core.ForwardingSessionService;
import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionErrorCode;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.SharedScope;
import io.github.sessionferry.core.SharedValue;
import io.github.sessionferry.core.StoreRehearsal;
import io.github.sessionferry.core.UnreadableRecord;
import io.github.sessionferry.testkit.FaultySessionService;
import io.github.sessionferry.testkit.InMemorySessionService;
import io.github.sessionferry.testkit.SessionFaults;
import io.github.sessionferry.testkit.SessionOperation;
import io.github.sessionferry.testkit.TestClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Holds the reports to the schemas in docs/schema, and the schemas to the reports. */
class ReportSchemaTest {

    private static final Path DOCS = Path.of("").toAbsolutePath().resolveSibling("docs");

    @TempDir
    private static Path folder;

    private enum Kind {
        MIGRATION,
        VALIDATION,
        BACKUP,
        RETIREMENT,
        ANALYSIS;

        Path schema() {
            return DOCS.resolve("schema/" + ReportJson.name(this) + "-report.schema.json");
        }

        List<String> reports() throws IOException {
            return switch (this) {
                case MIGRATION -> migrations();
                case VALIDATION -> validations();
                case BACKUP -> backups();
                case RETIREMENT -> retirements();
                case ANALYSIS -> analyses();
            };
        }
    }

    @ParameterizedTest
    @EnumSource
    void report_ofEachKind_isAsItsSchemaSays(Kind kind) throws IOException {
        JsonSchema schema = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
                .getSchema(Files.readString(kind.schema()));

        for (String report : kind.reports()) {
            Set<ValidationMessage> faults = schema.validate(
                    report,
                    InputFormat.JSON,
                    context -> context.getExecutionConfig().setFormatAssertionsEnabled(true));
            assertThat(faults)
                    .as(
                            "The report and its schema differ. If the report is right, add or change the field in %s, with a"
                                    + " description, and in docs/reports.md. The report was:%n%s",
                            kind.schema(), report)
                    .isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void schema_namesNoFieldThatNoReportHas_andExplainsEach(Kind kind) throws IOException {
        JsonNode schema = new ObjectMapper().readTree(Files.readString(kind.schema()));
        Set<String> written = new TreeSet<>();
        for (String report : kind.reports()) {
            collectNames(new ObjectMapper().readTree(report), written);
        }

        for (JsonNode object : objectsIn(schema)) {
            assertThat(object.path("additionalProperties").asBoolean(true))
                    .as("%s forbids other fields wherever it names some: %s", kind.schema(), object)
                    .isFalse();
            object.get("properties").properties().forEach(property -> {
                assertThat(property.getValue().has("description")
                                || property.getValue().has("$ref"))
                        .as("%s has a description in %s", property.getKey(), kind.schema())
                        .isTrue();
                assertThat(written)
                        .as("this test has a report with each field of %s; make one", kind.schema())
                        .contains(property.getKey());
            });
        }
    }

    private static List<JsonNode> objectsIn(JsonNode schema) {
        List<JsonNode> objects = new ArrayList<>();
        if (schema.path("properties").isObject() && schema.has("type")) {
            objects.add(schema);
        }
        schema.forEach(child -> objects.addAll(objectsIn(child)));
        return objects;
    }

    @ParameterizedTest
    @EnumSource
    void page_explainsEachField(Kind kind) throws IOException {
        String page = Files.readString(DOCS.resolve("reports.md"));
        Iterator<String> fields = new ObjectMapper()
                .readTree(Files.readString(kind.schema()))
                .get("properties")
                .fieldNames();

        assertThat(fields)
                .toIterable()
                .allSatisfy(field -> assertThat(page)
                        .as("docs/reports.md explains the fields of %s", kind.schema())
                        .contains("`" + field + "`"));
    }

    private static void collectNames(JsonNode json, Set<String> names) {
        json.fieldNames().forEachRemaining(names::add);
        json.forEach(child -> collectNames(child, names));
    }

    @Test
    void schemas_ofWhatAllReportsHave_areTheSame() throws IOException {
        JsonNode migration = new ObjectMapper().readTree(Files.readString(Kind.MIGRATION.schema()));
        JsonNode validation = new ObjectMapper().readTree(Files.readString(Kind.VALIDATION.schema()));
        JsonNode backup = new ObjectMapper().readTree(Files.readString(Kind.BACKUP.schema()));
        JsonNode retirement = new ObjectMapper().readTree(Files.readString(Kind.RETIREMENT.schema()));
        JsonNode analysis = new ObjectMapper().readTree(Files.readString(Kind.ANALYSIS.schema()));

        for (String pointer : List.of("/$defs/problem", "/$defs/example", "/$defs/code", "/properties/stopReason")) {
            assertThat(validation.at(pointer)).isEqualTo(migration.at(pointer)).isNotEmpty();
            assertThat(retirement.at(pointer)).isEqualTo(migration.at(pointer)).isNotEmpty();
            assertThat(analysis.at(pointer)).isEqualTo(migration.at(pointer)).isNotEmpty();
            assertThat(backup.at(pointer)).isEqualTo(migration.at(pointer)).isNotEmpty();
        }
    }

    // ---- reports of every kind

    private static List<String> migrations() {
        return Stream.of(
                        migrate(100, new SessionFaults[] {none(), none()}, false),
                        migrate(0, new SessionFaults[] {none(), none()}, false),
                        migrate(100, new SessionFaults[] {none(), none()}, true),
                        migrate(100, new SessionFaults[] {none(), withBadSessions()}, false),
                        migrate(100, new SessionFaults[] {none(), refusingAll()}, false),
                        cancelled(),
                        ReportsTest.migration(RunEnding.COMPLETE),
                        ReportsTest.migration(RunEnding.STOPPED))
                .map(MigrationReport::toJson)
                .toList();
    }

    private static MigrationReport migrate(int sessions, SessionFaults[] faults, boolean dryRun) {
        return Migrator.builder(source(sessions, faults[0]), new FaultySessionService(target(), faults[1]))
                .dryRun(dryRun)
                .maxRetries(0)
                .build()
                .run();
    }

    private static MigrationReport cancelled() {
        Migrator migrator = Migrator.builder(source(5, none()), target()).build();
        migrator.cancel();
        return migrator.run();
    }

    private static List<String> validations() {
        return Stream.of(
                        validate(source(20, none()), source(20, none())),
                        validate(source(20, none()), target()),
                        Validator.builder(source(20, none()), target())
                                .sample(0.5)
                                .build()
                                .run(),
                        Validator.builder(source(20, none()), source(20, none()))
                                .sessions(List.of(Samples.key(3)))
                                .build()
                                .run(),
                        Validator.builder(source(20, none()), target())
                                .selfTest(true)
                                .repair(true)
                                .build()
                                .run(),
                        validate(source(20, withBadSessions()), source(22, none())),
                        validate(source(20, refusingAll()), target()),
                        ReportsTest.validation())
                .map(ValidationReport::toJson)
                .toList();
    }

    private static ValidationReport validate(SessionService from, SessionService to) {
        return Validator.builder(from, to).maxRetries(0).build().run();
    }

    private static List<String> backups() {
        return Stream.of(
                        backUp(source(20, none())),
                        backUp(target()),
                        backUp(source(20, withBadSessions())),
                        backUp(source(20, refusingAll())))
                .map(BackupReport::toJson)
                .toList();
    }

    private static BackupReport backUp(SessionService from) {
        return Backup.builder(from, folder.resolve(UUID.randomUUID().toString()))
                .maxRetries(0)
                .build()
                .run();
    }

    private static List<String> retirements() {
        return Stream.of(
                        retire(source(20, none())),
                        retire(source(20, withBadSessions())),
                        retire(source(20, refusingAll())))
                .map(RetirementReport::toJson)
                .toList();
    }

    private static RetirementReport retire(SessionService from) {
        InMemorySessionService to =
                InMemorySessionService.builder().name("memory:target").build();
        Samples.fill(to, 10, 2);
        return Retirement.builder(from, to).delete(true).maxRetries(0).build().run();
    }

    private static List<String> analyses() {
        InMemorySessionService other = target();
        other.storeSharedState(SharedScope.app("shop"), Map.of("currency", SharedValue.of("USD", Samples.T0)));
        SessionService mapping = new ForwardingSessionService(other) {
            @Override
            public StoreRehearsal rehearse(Session session) {
                return new StoreRehearsal(Map.of("bytes", 2), Optional.of("mapped"), Map.of(), 1);
            }
        };
        return Stream.of(
                        analyse(source(20, none()), Optional.empty()),
                        analyse(Samples.withOverruledCopies(source(20, withBadSessions())), Optional.of(mapping)),
                        analyse(source(20, refusingAll()), Optional.of(target())))
                .map(AnalysisReport::toJson)
                .toList();
    }

    private static AnalysisReport analyse(SessionService from, Optional<SessionService> to) {
        SessionAnalyzer.Builder analysis = SessionAnalyzer.builder(from).maxRetries(0);
        to.ifPresent(analysis::to);
        return analysis.build().run();
    }

    private static SessionFaults none() {
        return SessionFaults.none();
    }

    private static SessionFaults withBadSessions() {
        SessionFaults faults = SessionFaults.none();
        faults.on(SessionOperation.STORE, SessionOperation.FIND)
                .forKeys(Samples.key(3)::equals)
                .failBefore(SessionErrorCode.CORRUPT);
        faults.on(SessionOperation.STORE, SessionOperation.FIND)
                .forKeys(Samples.key(4)::equals)
                .failBefore(SessionErrorCode.UNAVAILABLE);
        return faults;
    }

    private static SessionFaults refusingAll() {
        SessionFaults faults = SessionFaults.none();
        faults.on(SessionOperation.STORE, SessionOperation.FIND).skip(3).failBefore(SessionErrorCode.PERMISSION_DENIED);
        return faults;
    }

    private static SessionService source(int sessions, SessionFaults faults) {
        InMemorySessionService store = target();
        Samples.fill(store, sessions, 2);
        if (sessions > 0) {
            store.storeSharedState(SharedScope.app("shop"), Map.of("currency", SharedValue.of("EUR", Samples.T0)));
        }
        return new UnreadableRecordsService(
                new FaultySessionService(store, faults),
                store.capabilities(),
                new UnreadableRecord("folder/broken.json", "no JSON"));
    }

    private static InMemorySessionService target() {
        return InMemorySessionService.builder().clock(TestClock.at(Samples.T0)).build();
    }
}
