package io.github.sessionferry.migration;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.sessionferry.core.EventSelection;
import io.github.sessionferry.core.Precondition;
import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.testkit.InMemorySessionService;
import io.github.sessionferry.testkit.generators.SessionArbitraries;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.GenerationMode;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class BackupPropertiesTest {

    @Provide
    Arbitrary<Session> sessions() {
        return Combinators.combine(SessionArbitraries.sessions(), SessionArbitraries.keys())
                .as((session, key) -> Session.builder(key, session.updateTime())
                        .createTime(session.createTime().orElseThrow())
                        .state(session.state())
                        .fields(session.fields())
                        .events(session.events())
                        .build());
    }

    @Property(tries = 25, generation = GenerationMode.RANDOMIZED, edgeCases = EdgeCasesMode.NONE)
    void backup_ofAnySessions_restoresThemEqual(@ForAll List<@From("sessions") Session> sessions) throws IOException {
        Path folder = Files.createTempDirectory("backup-property");
        try (InMemorySessionService source = InMemorySessionService.builder().build();
                InMemorySessionService target = InMemorySessionService.builder().build()) {
            sessions.forEach(session -> source.store(session, Precondition.none()));
            assertThat(Backup.builder(source, folder).build().run().succeeded()).isTrue();

            try (SessionService backup = Backup.open(folder)) {
                Backup.restore(backup, target).build().run();
                for (SessionKey key : Samples.keys(source)) {
                    assertThat(backup.find(key, EventSelection.all()))
                            .isEqualTo(source.find(key, EventSelection.all()));
                    assertThat(target.find(key, EventSelection.all()))
                            .isEqualTo(source.find(key, EventSelection.all()));
                }
            }
            assertThat(Samples.keys(target)).hasSameSizeAs(Samples.keys(source));
            assertThat(BackupVerifier.of(folder).run().passed()).isTrue();
        } finally {
            delete(folder);
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
