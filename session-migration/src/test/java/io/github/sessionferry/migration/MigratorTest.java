package io.github.sessionferry.migration;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.sessionferry.testkit.InMemorySessionService;
import org.junit.jupiter.api.Test;

class MigratorTest {

    private final InMemorySessionService source = InMemorySessionService.create();
    private final InMemorySessionService target = InMemorySessionService.create();

    @Test
    void run_ofAFilledStore_movesAllOfIt() {
        Samples.fill(source, 500, 5);

        MigrationReport report = Migrator.builder(source, target).build().run();

        assertThat(report.counts().migrated()).isEqualTo(500);
        assertThat(report.succeeded()).isTrue();
        ValidationReport proof = Validator.builder(source, target).build().run();
        assertThat(proof.equal()).isTrue();
        assertThat(proof.counts().matched()).isEqualTo(500);
    }
}
