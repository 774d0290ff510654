package io.github.sessionferry.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.sessionferry.core.EventSelection;
import io.github.sessionferry.core.Precondition;
import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionEvent;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.SessionStores;
import io.github.sessionferry.core.SharedValue;
import io.github.sessionferry.testkit.agentengine.FakeAgentEngine;
import io.github.sessionferry.testkit.firestore.FakeFirestore;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Applications of Firestore, each to a reasoning engine of its own, and back. */
@Timeout(120)
class MappedAppsTest {

    private static final Instant TIME = Instant.parse("2026-03-01T10:00:00.123456Z");
    private static final String SHOP_ENGINE = EmulateAgentEngineCommand.ENGINE.replaceFirst("1$", "2");
    private static final String DESK_ENGINE = "projects/local/locations/europe-west1/reasoningEngines/3";
    private static final List<String> APPS = List.of("shop", "a=b & c", "cinema");
    private static final String[] MAP = {"--map-app", "shop=2", "--map-app", "a=b & c=" + DESK_ENGINE};
    private static final String MAP_IN_ADDRESS = "&app.shop=2&app.a%3Db%20%26%20c=" + DESK_ENGINE;

    private final FakeFirestore firestore = FakeFirestore.start();
    private final FakeAgentEngine engine = FakeAgentEngine.builder()
            .onlyEngines(EmulateAgentEngineCommand.ENGINE, SHOP_ENGINE, DESK_ENGINE)
            .start();
    private final String source = firestore();
    private final String target = EmulateAgentEngineCommand.address(engine.endpoint());

    @AfterEach
    void stop() {
        engine.close();
        firestore.close();
    }

    private String firestore() {
        return "firestore://p" + UUID.randomUUID() + "/(default)?layout=adk-python&emulator=" + firestore.endpoint();
    }

    @Test
    void applications_goToTheirEngines_areEqualThere_andComeBack() {
        fill();
        String empty = firestore();

        Run analyzed = mapped("analyze", "--json");
        Run migrated = mapped("migrate", "--json");
        Run validated = mapped("validate", "--json");
        Run again = mapped("migrate", "--json");
        Run back = Run.of("migrate", "--from", target + MAP_IN_ADDRESS, "--to", empty, "--json");
        Run sameAsBefore = Run.of("validate", "--from", source, "--to", empty, "--json");

        assertThat(analyzed.exitCode()).as(analyzed.err()).isZero();
        assertThat(migrated.exitCode()).as(migrated.err()).isZero();
        assertThat(migrated.json().get("migrated").asInt()).isEqualTo(6);
        for (String name : List.of(EmulateAgentEngineCommand.ENGINE, SHOP_ENGINE, DESK_ENGINE)) {
            assertThat(engine.eventCount(name)).isBetween(2L * 3, 3L * 3);
        }
        assertThat(validated.exitCode()).as(validated.out()).isZero();
        assertThat(validated.json().get("matched").asInt()).isEqualTo(6);
        assertThat(again.json().get("unchanged").asInt()).isEqualTo(6);
        assertThat(back.exitCode()).as(back.err()).isZero();
        assertThat(sameAsBefore.exitCode()).as(sameAsBefore.out()).isZero();
        assertThat(sameAsBefore.json().get("matched").asInt()).isEqualTo(6);
    }

    @Test
    void rollback_bringsBackWhatTheEnginesOfApplicationsHave() {
        fill();
        for (String stage : List.of("DUAL_WRITE", "SHADOW")) {
            assertDone(mapped("stage", "set", stage, "--override", "VALIDATED", "--wait", "0s"));
        }
        assertDone(mapped("migrate"));
        assertDone(mapped("validate"));
        for (String stage : List.of("TARGET_FIRST", "TARGET_WITH_FALLBACK", "TARGET_ONLY")) {
            assertDone(mapped("stage", "set", stage, "--override", "VALIDATED", "--wait", "0s"));
        }
        Session since = session(new SessionKey("shop", "ana", "since"));
        try (SessionService opened = SessionStores.open(target + MAP_IN_ADDRESS)) {
            opened.store(since, Precondition.absent());
        }

        Run back = mapped("rollback", "--window", "0s", "--wait", "0s", "--json");

        assertThat(back.exitCode()).as(back.err()).isZero();
        assertThat(back.json().at("/carriedBack/created").asInt()).isEqualTo(1);
        assertThat(back.json().get("validation").asText()).isEqualTo("EQUAL");
        try (SessionService opened = SessionStores.open(source)) {
            assertThat(opened.find(since.key(), EventSelection.all())
                            .orElseThrow()
                            .events())
                    .isEqualTo(since.events());
        }
    }

    @Test
    void validate_withoutTheMap_missesTheSessions() {
        fill();
        assertDone(mapped("migrate"));

        Run validated = Run.of("validate", "--from", source, "--to", target, "--json");

        assertThat(validated.exitCode()).isEqualTo(1);
        assertThat(validated.json().get("missing").asInt()).isEqualTo(4);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "shop | names no application and engine; write NAME=RESOURCE",
                "=2 | names no application and engine",
                "shop= | names no reasoning engine; write projects/P/locations/L/reasoningEngines/E",
                "shop=projects/p/2 | projects/p/2' names no reasoning engine",
                "shop=404 | reasoningEngines/404 with NOT_FOUND; check project, location and engine",
                "1=2 | sessions in projects/local/locations/us-central1/reasoningEngines/1 of which no application"
            })
    void map_thatIsWrong_isAWrongUsage(String option, String reason) {
        for (String command : List.of("migrate", "validate", "analyze")) {
            assertWrongUsage(Run.of(command, "--from", source, "--to", target, "--map-app", option), reason);
        }
    }

    @Test
    void application_mappedTwice_isAWrongUsage() {
        assertWrongUsage(
                Run.of("migrate", "--from", source, "--to", target, "--map-app", "shop=2", "--map-app", "shop=3"),
                "--map-app: 'shop' is mapped twice");
    }

    @Test
    void targetWithoutEngines_isAWrongUsage() {
        assertWrongUsage(
                Run.of("migrate", "--from", target, "--to", source, "--map-app", "shop=2"),
                "--map-app: --to is no Agent Engine");
        assertWrongUsage(
                Run.of("analyze", "--from", target, "--map-app", "shop=2"), "--map-app: --to is no Agent Engine");
    }

    private void fill() {
        try (SessionService store = SessionStores.open(source)) {
            for (String app : APPS) {
                for (String id : List.of("s1", "s2")) {
                    store.store(session(new SessionKey(app, "ana", id)), Precondition.absent());
                }
                SessionKey key = new SessionKey(app, "ana", "s1");
                store.storeSharedState(key.appScope(), Map.of("motd", SharedValue.of("of " + app, TIME)));
                store.storeSharedState(key.userScope(), Map.of("theme", SharedValue.of("of " + app, TIME)));
            }
        }
    }

    private static Session session(SessionKey key) {
        List<SessionEvent> events = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            events.add(SessionEvent.builder("e" + i, "user", TIME.plusSeconds(i))
                    .invocationId("i" + i)
                    .content(Map.of("role", "user", "parts", List.of(Map.of("text", key.appName() + i))))
                    .build());
        }
        return Session.builder(key, TIME.plusSeconds(3))
                .createTime(TIME)
                .state(Map.of("app", key.appName()))
                .events(events)
                .build();
    }

    private Run mapped(String command, String... options) {
        List<String> arguments = new ArrayList<>(List.of(command));
        arguments.addAll(Arrays.asList(options));
        arguments.addAll(List.of("--from", source, "--to", target));
        arguments.addAll(List.of(MAP));
        return Run.of(arguments.toArray(String[]::new));
    }

    private static void assertDone(Run run) {
        assertThat(run.exitCode()).as(run.err()).isZero();
    }

    private static void assertWrongUsage(Run run, String reason) {
        assertThat(run.exitCode()).as(run.err()).isEqualTo(2);
        assertThat(run.err().lines())
                .singleElement()
                .asString()
                .startsWith("error: ")
                .contains(reason);
    }
}
