package io.github.sessionferry.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.sessionferry.core.DeleteOutcome;
import io.github.sessionferry.core.EventSelection;
import io.github.sessionferry.core.NewSession;
import io.github.sessionferry.core.Precondition;
import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionEvent;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.SessionStores;
import io.github.sessionferry.core.rollout.Channel;
import io.github.sessionferry.migration.live.CallCounts;
import io.github.sessionferry.migration.live.StagedSessionService;
import io.github.sessionferry.migration.live.StoredPlan;
import io.github.sessionferry.testkit.redis.RedisServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The sessions of a web application move from files to Redis while it runs, and back into files, by the command line. */
@Timeout(300)
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "there is no Redis server for it")
class FilesToRedisTest {

    private static final String USER = "12345";
    private static final String VALUES =
            "{\"logged_in\": true, \"username\": \"admin\", \"user_id\": 12345, \"csrf_token\":"
                    + " \"007\", \"lang\": \"jp\", \"usage_count\": 5, \"avg_rating\": 4.0, \"quota\": \"5\","
                    + " \"gemini_3way_analysis\": \"long text\", \"cart\": [1, 1.5, {\"a\": null}], \"id\": \"%s\"}";

    private final RedisServer redis = RedisServer.start();

    @TempDir
    private Path folder;

    private Path files;
    private String source = "";
    private String target = "";

    @AfterEach
    void stopRedis() {
        redis.close();
    }

    @BeforeEach
    void writeSessions() throws IOException {
        files = Files.createDirectory(folder.resolve("sessions"));
        source = "file:" + files + "?layout=web&userKey=user_id";
        target = redis.address() + "?layout=web&userKey=user_id";
        Instant changed = Instant.now().minus(Duration.ofMinutes(5)).truncatedTo(ChronoUnit.MICROS);
        for (int i = 0; i < 30; i++) {
            Path file = Files.writeString(file(id(i)), VALUES.formatted(id(i)));
            Files.setLastModifiedTime(file, FileTime.from(changed.plusSeconds(i)));
        }
    }

    private static String id(int number) {
        return "5f1c-" + number;
    }

    private Path file(String id) {
        return files.resolve("sess_" + id);
    }

    private static SessionKey key(String id) {
        return new SessionKey("web", USER, id);
    }

    @Test
    void rollbackByPhases_afterTheCutOver_bringsBackWhatWasChangedCreatedAndDeletedInRedis() throws IOException {
        try (Application application = new Application()) {
            application.moveToRedis();
            Map<String, Session> before = application.workInRedis();

            Run back = run("rollback", "--window", "0.2s", "--reason", "enough", "--json");

            assertThat(back.exitCode()).as(back.err()).isZero();
            assertThat(back.json().findValuesAsText("phase"))
                    .containsExactly(
                            "WRITE_SOURCE_AGAIN",
                            "WRITE_SOURCE_AGAIN",
                            "CARRY_BACK",
                            "VALIDATE",
                            "REVERT_PRIORITY",
                            "DISABLE_TARGET",
                            "DISABLE_TARGET");
            assertThat(back.json().at("/carriedBack/failed").asInt()).isZero();
            assertFilesHold(before);
            application.goOnInFiles();
        }
    }

    @Test
    void emergency_afterTheCutOver_servesFilesAtOnce_andTheRestIsCarriedBack() throws IOException {
        try (Application application = new Application()) {
            application.moveToRedis();
            Map<String, Session> before = application.workInRedis();

            Run emergency = run("rollback", "--emergency", "--reason", "redis answers late", "--json");

            assertThat(emergency.exitCode()).as(emergency.err()).isZero();
            assertThat(emergency.json().get("steps").findValuesAsText("done")).containsOnly("true");
            application.awaitStage("SOURCE_ONLY");
            assertThat(application
                            .sessions
                            .find(key(id(5)), EventSelection.none())
                            .orElseThrow()
                            .state())
                    .containsEntry("lang", "jp");

            Run back = run("rollback", "--window", "0s", "--json");

            assertThat(back.exitCode()).as(back.err()).isZero();
            assertFilesHold(before);
            application.goOnInFiles();
        }
    }

    @Test
    void rollbackByPhases_whileMoreThanOneCallInTwentyFails_stops_andGoesOnLater() throws IOException {
        try (Application application = new Application()) {
            application.moveToRedis();
            Map<String, Session> before = application.workInRedis();
            application.failing = true;

            Run unstable = run("rollback", "--window", "0.3s", "--json");

            assertThat(unstable.exitCode()).isEqualTo(1);
            assertThat(unstable.err()).contains("not stable: 10.0 % of");
            assertThat(unstable.json().findValuesAsText("phase")).containsExactly("WRITE_SOURCE_AGAIN");
            application.failing = false;

            Run back = run("rollback", "--window", "0.3s", "--json");

            assertThat(back.exitCode()).as(back.err()).isZero();
            assertFilesHold(before);
        }
    }

    @Test
    void migrationOfRedisIntoAnEmptyFolder_keepsValuesTypesAndTimes() throws IOException {
        assertThat(run("migrate").exitCode()).isZero();
        Path converted = folder.resolve("converted");
        String back = "file:" + converted + "?layout=web&userKey=user_id&create=true";

        Run conversion = Run.of("migrate", "--from", target, "--to", back);
        Run validation = Run.of("validate", "--from", target, "--to", back, "--json");

        assertThat(conversion.exitCode())
                .as(conversion.err() + conversion.out())
                .isZero();
        assertThat(validation.json().get("verdict").asText())
                .as(validation.err())
                .isEqualTo("equal");
        for (int i = 0; i < 30; i++) {
            Path file = converted.resolve("sess_" + id(i));
            assertThat(json(file)).isEqualTo(json(file(id(i))));
            assertThat(Files.getLastModifiedTime(file).toInstant())
                    .isEqualTo(Files.getLastModifiedTime(file(id(i))).toInstant());
        }
    }

    private Run run(String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--from", source, "--to", target));
        return Run.of(all.toArray(String[]::new));
    }

    private static JsonNode json(Path file) throws IOException {
        return new ObjectMapper().readTree(Files.readString(file));
    }

    /** The application's files tell what Redis told: values with their types, and when a session last changed. */
    private void assertFilesHold(Map<String, Session> expected) throws IOException {
        assertThat(expected).hasSize(4);
        assertThat(run("validate").exitCode()).isZero();
        assertThat(run("stage", "get", "--json").json().get("base").asText()).isEqualTo("SOURCE_ONLY");
        assertThat(file(id(7))).doesNotExist();
        assertThat(json(file(id(5))).get("lang").asText()).isEqualTo("en");
        assertThat(json(file(id(5))).get("usage_count").isInt()).isTrue();
        assertThat(json(file(id(5))).get("avg_rating").isDouble()).isTrue();
        assertThat(json(file(id(5))).get("quota").isTextual()).isTrue();
        assertThat(json(file("new-" + id(1))).get("lang").asText()).isEqualTo("de");
        try (SessionService store = SessionStores.open(source)) {
            for (Map.Entry<String, Session> session : expected.entrySet()) {
                Session found =
                        store.find(key(session.getKey()), EventSelection.all()).orElseThrow();
                assertThat(found.state()).isEqualTo(session.getValue().state());
                assertThat(found.updateTime()).isEqualTo(session.getValue().updateTime());
                assertThat(Files.getLastModifiedTime(file(session.getKey())).toInstant())
                        .isBetween(
                                session.getValue().updateTime().minusMillis(1),
                                session.getValue().updateTime().plusMillis(1));
            }
        }
    }

    /** A process of the web application, which follows the plan in its files. */
    private final class Application implements AutoCloseable {
        private final SessionService from = SessionStores.open(source);
        private final SessionService to = SessionStores.open(target);
        private final AtomicReference<CallCounts> counts = new AtomicReference<>(CallCounts.NONE);
        private volatile boolean failing;
        private final StoredPlan plan = StoredPlan.builder(from)
                .interval(Duration.ofMillis(20))
                .calls(this::calls)
                .build();
        private final StagedSessionService staged = StagedSessionService.builder(from, to, plan)
                .debtFile(folder.resolve("debt.jsonl"))
                .settleInterval(Duration.ofMillis(50))
                .build();
        private final SessionService sessions = staged.serviceFor(USER, Channel.TEXT);

        Application() {
            plan.follow(staged);
        }

        /** Ten more calls at each look; one of them fails if any does. */
        private CallCounts calls() {
            return counts.updateAndGet(
                    before -> new CallCounts(before.calls() + 10, before.errors() + (failing ? 1 : 0)));
        }

        void moveToRedis() {
            stage("DUAL_WRITE");
            stage("SHADOW");
            assertThat(run("migrate").exitCode()).isZero();
            validate();
            stage("TARGET_FIRST");
            validate();
            stage("TARGET_WITH_FALLBACK");
            stage("TARGET_ONLY");
        }

        private void stage(String stage) {
            Run run = run("stage", "set", stage);
            assertThat(run.exitCode()).as(run.err() + run.out()).isZero();
        }

        private void validate() {
            Run run = run("validate");
            assertThat(run.exitCode()).as(run.err() + run.out()).isZero();
        }

        /** Changes, creates and deletes sessions in Redis alone; tells those that are to be back in the files. */
        Map<String, Session> workInRedis() throws IOException {
            set(id(5), Map.of("lang", "en", "usage_count", 6L));
            set(id(6), Map.of("cart", List.of(), "avg_rating", 4.5));
            for (int i = 1; i <= 2; i++) {
                sessions.create(NewSession.builder(key("new-" + id(i)))
                        .state(Map.of("user_id", 12345L, "lang", "de", "input_text", "5"))
                        .build());
            }
            assertThat(sessions.delete(key(id(7)), Precondition.none())).isEqualTo(DeleteOutcome.DELETED);
            assertThat(json(file(id(5))).get("lang").asText()).isEqualTo("jp");
            assertThat(file("new-" + id(1))).doesNotExist();
            assertThat(file(id(7))).exists();
            return Map.of(
                    id(5),
                    inRedis(id(5)),
                    id(6),
                    inRedis(id(6)),
                    "new-" + id(1),
                    inRedis("new-" + id(1)),
                    "new-" + id(2),
                    inRedis("new-" + id(2)));
        }

        private Session inRedis(String id) {
            return to.find(key(id), EventSelection.all()).orElseThrow();
        }

        private void set(String id, Map<String, Object> values) {
            sessions.append(
                    key(id),
                    SessionEvent.builder("change", "web", Instant.now())
                            .stateDelta(values)
                            .build());
        }

        void awaitStage(String stage) {
            while (!plan.current().base().name().equals(stage)) {
                plan.refresh();
            }
        }

        void goOnInFiles() throws IOException {
            awaitStage("SOURCE_ONLY");
            set(id(8), Map.of("lang", "fr"));
            assertThat(json(file(id(8))).get("lang").asText()).isEqualTo("fr");
        }

        @Override
        public void close() {
            plan.close();
            staged.close();
            from.close();
            to.close();
        }
    }
}
