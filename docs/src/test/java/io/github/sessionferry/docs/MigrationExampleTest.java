package io.github.sessionferry.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.sessionferry.core.Precondition;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.SessionStores;
import io.github.sessionferry.migration.MigrationListener;
import io.github.sessionferry.migration.MigrationProgress;
import io.github.sessionferry.migration.MigrationReport;
import io.github.sessionferry.migration.Migrator;
import io.github.sessionferry.migration.Reports;
import io.github.sessionferry.migration.ValidationReport;
import io.github.sessionferry.migration.Validator;
import io.github.sessionferry.testkit.agentengine.FakeAgentEngine;
import io.github.sessionferry.testkit.firestore.FakeFirestore;
import io.github.sessionferry.testkit.generators.ConversationGenerator;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MigrationExampleTest {

    private static final int SESSIONS = 5;

    private final FakeFirestore firestore = FakeFirestore.start();
    private final FakeAgentEngine engine = FakeAgentEngine.builder().start();
    private final String from = "firestore://my-project/(default)?layout=adk-flat&emulator=" + firestore.endpoint();
    private final String to = "agentengine://projects/my-project/locations/us-central1/reasoningEngines/1?endpoint="
            + engine.endpoint() + "&plaintext=true";

    @TempDir
    private Path folder;

    @BeforeEach
    void fill() {
        try (SessionService store = SessionStores.open(from)) {
            ConversationGenerator.builder().sessions(SESSIONS).build().stream()
                    .forEach(session -> store.store(session, Precondition.absent()));
        }
    }

    @AfterEach
    void stop() {
        firestore.close();
        engine.close();
    }

    @Test
    void shortExample_betweenTwoStores_provesThemEqual() {
        assertThat(isMoved(from, to)).isTrue();
    }

    private static boolean isMoved(String from, String to) {
        try (SessionService source = SessionStores.open(from);
                SessionService target = SessionStores.open(to)) {
            Migrator.builder(source, target).build().run();
            return Validator.builder(source, target).build().run().equal();
        }
    }

    @Test
    void longExample_betweenTwoStores_movesAndReports() {
        try (SessionService source = SessionStores.open(from);
                SessionService target = SessionStores.open(to)) {
            MigrationReport moved = migrate(source, target, folder);
            ValidationReport proof = validate(source, target, folder);

            assertThat(moved.counts().created()).isEqualTo(SESSIONS);
            assertThat(proof.counts().matched()).isEqualTo(SESSIONS);
            assertThat(folder.resolve("migration.jsonl")).isNotEmptyFile();
            assertThat(folder.resolve("migration.md")).isNotEmptyFile();
            assertThat(folder.resolve("validation.md")).isNotEmptyFile();
        }
    }

    private static MigrationReport migrate(SessionService source, SessionService target, Path folder) {
        Migrator migrator = Migrator.builder(source, target)
                .concurrency(20)
                .journal(folder.resolve("migration.jsonl"))
                .listener(new MigrationListener() {
                    @Override
                    public void progress(MigrationProgress progress) {
                        System.out.println(progress.counts().done() + " sessions");
                    }
                })
                .build();
        MigrationReport report = migrator.run();
        Reports.write(folder, report);
        return report;
    }

    private static ValidationReport validate(SessionService source, SessionService target, Path folder) {
        ValidationReport report = Validator.builder(source, target).build().run();
        Reports.write(folder, report);
        return report;
    }
}
