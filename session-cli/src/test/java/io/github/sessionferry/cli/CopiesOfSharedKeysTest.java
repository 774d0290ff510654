package io.github.sessionferry.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.sessionferry.core.EventSelection;
import io.github.sessionferry.core.NewSession;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.SessionStores;
import io.github.sessionferry.testkit.agentengine.FakeAgentEngine;
import io.github.sessionferry.testkit.firestore.FakeFirestore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A user whose sessions each hold another copy of a key that they share. */
@Timeout(120)
class CopiesOfSharedKeysTest {

    private static final int SESSIONS = 40;
    private static final int NEWEST = 17;
    private static final Instant TIME = Instant.parse("2026-03-01T10:00:00Z");

    @TempDir
    private Path folder;

    @Test
    void fortyCopies_movedToAgentEngine_theNewestArrives_andTheOthersAreReported() throws IOException {
        try (FakeFirestore firestore = FakeFirestore.start();
                FakeAgentEngine engine = FakeAgentEngine.builder().start()) {
            String from = source(firestore.endpoint());
            String to = EmulateAgentEngineCommand.address(engine.endpoint());
            SessionKey live = new SessionKey("shop", "ana", "live");
            try (SessionService target = SessionStores.open(to)) {
                target.create(NewSession.builder(live)
                        .state(Map.of("user:lang", "newer than the migration"))
                        .build());
            }

            Run analysis = Run.of("analyze", "--from", from, "--to", to, "--json");
            Run migration = Run.of("migrate", "--from", from, "--to", to, "--report", "" + folder, "--json");

            assertThat(migration.exitCode()).as(migration.err()).isZero();
            assertThat(migration.json().get("migrated").asInt()).isEqualTo(SESSIONS);
            try (SessionService target = SessionStores.open(to)) {
                for (String id : new String[] {"live", "s0", "s" + NEWEST, "s39"}) {
                    SessionKey key = new SessionKey("shop", "ana", id);
                    assertThat(target.find(key, EventSelection.none())
                                    .orElseThrow()
                                    .state())
                            .containsEntry("user:theme", "theme " + NEWEST)
                            .containsEntry("user:lang", "newer than the migration");
                }
            }
            assertTold(migration.json().get("sharedState"));
            assertThat(migration
                            .json()
                            .at("/sharedState/conflictExamples/0/key")
                            .asText())
                    .isEqualTo("user:lang");
            assertTold(analysis.json().get("sharedState"));
            assertThat(analysis.json().at("/sharedState/conflictExamples"))
                    .extracting(example -> example.get("key").asText())
                    .contains("user:theme");
            for (String page : new String[] {"migration.md", "migration.html"}) {
                String text = Files.readString(folder.resolve(page));
                assertThat(text).doesNotContain("theme " + NEWEST, "theme 0");
                assertThat(sectionOfCopies(text))
                        .contains("39 copies", "user:theme", "s0", "… and 19 more")
                        .doesNotContain("s" + NEWEST);
            }
            assertThat(migration.err() + analysis.err()).contains("39  copies of shared keys");
        }
    }

    /** The others name sessions too: the slowest ones. */
    private static String sectionOfCopies(String page) {
        return Stream.of(page.split("## |<h2"))
                .filter(section -> section.contains("Copies of shared keys that do not count"))
                .findFirst()
                .orElseThrow();
    }

    private static void assertTold(JsonNode sharedState) {
        JsonNode copies = sharedState.get("overruledCopies");
        assertThat(copies.get("count").asInt()).isEqualTo(SESSIONS - 1);
        assertThat(copies.get("examples")).hasSize(20).allSatisfy(copy -> {
            assertThat(copy.get("user").asText()).isEqualTo("ana");
            assertThat(copy.get("key").asText()).isEqualTo("user:theme");
            assertThat(copy.get("session").asText()).isNotEqualTo("s" + NEWEST);
            assertThat(Instant.parse(copy.get("updateTime").asText()))
                    .isEqualTo(updateTime(
                            Integer.parseInt(copy.get("session").asText().substring(1))));
        });
    }

    /** Sessions as ADK for Java keeps them; of one key their copies agree. */
    private static String source(String endpoint) {
        String project = "p" + UUID.randomUUID();
        try (RawDocuments documents = new RawDocuments(project, endpoint)) {
            for (int i = 0; i < SESSIONS; i++) {
                documents.write(
                        "adk-session/ana/sessions/s" + i,
                        Map.of(
                                "id",
                                "s" + i,
                                "appName",
                                "shop",
                                "userId",
                                "ana",
                                "state",
                                Map.of("user:theme", "theme " + i, "user:lang", "of the source"),
                                "updateTime",
                                updateTime(i).toString()));
            }
        }
        return "firestore://" + project + "?layout=adk-java&emulator=" + endpoint;
    }

    private static Instant updateTime(int session) {
        return TIME.plusSeconds(session == NEWEST ? 100 : session);
    }
}
