package io.github.sessionferry.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.sessionferry.core.Precondition;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.SessionStores;
import io.github.sessionferry.migration.Backup;
import io.github.sessionferry.migration.BackupKey;
import io.github.sessionferry.migration.BackupReport;
import io.github.sessionferry.migration.BackupVerifier;
import io.github.sessionferry.migration.MigrationReport;
import io.github.sessionferry.migration.Validator;
import io.github.sessionferry.testkit.generators.ConversationGenerator;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BackupExampleTest {

    @TempDir
    private Path temporary;

    @Test
    void example_backsUpAndRestores() {
        String from = "memory:backup-example-source";
        String to = "memory:backup-example-target";
        Path folder = temporary.resolve("backup");
        Path keyFile = temporary.resolve("key.json");
        try (SessionService store = SessionStores.open(from)) {
            ConversationGenerator.builder().sessions(5).build().stream()
                    .forEach(session -> store.store(session, Precondition.absent()));
        }

        backUp(from, folder, keyFile);

        assertThat(isRestored(folder, keyFile, to)).isTrue();
        try (SessionService source = SessionStores.open(from);
                SessionService target = SessionStores.open(to)) {
            assertThat(Validator.builder(source, target).build().run().equal()).isTrue();
        }
    }

    private static void backUp(String from, Path folder, Path keyFile) {
        try (SessionService store = SessionStores.open(from)) {
            BackupKey key = BackupKey.generate(keyFile);
            BackupReport report = Backup.builder(store, folder).key(key).build().run();
            if (!report.succeeded()) {
                report.problems().forEach(System.out::println);
            }
        }
    }

    private static boolean isRestored(Path folder, Path keyFile, String to) {
        BackupKey key = BackupKey.read(keyFile);
        if (!BackupVerifier.of(folder, key).run().passed()) {
            throw new IllegalStateException("the backup is damaged");
        }
        try (SessionService backup = Backup.open(folder, key);
                SessionService store = SessionStores.open(to)) {
            MigrationReport restored = Backup.restore(backup, store).build().run();
            return restored.succeeded();
        }
    }
}
