package io.github.sessionferry.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.sessionferry.migration.Migrator;
import io.github.sessionferry.testkit.FaultySessionService;
import io.github.sessionferry.testkit.InMemorySessionService;
import io.github.sessionferry.testkit.SessionFaults;
import io.github.sessionferry.testkit.SessionOperation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A journal belongs to one run at a time, whichever process it is in. */
@Timeout(120)
class JournalInUseTest {

    @TempDir
    private Path folder;

    @Test
    void journalInUse_isRefusedToOtherProcesses_alsoAfterItWasRefusedInThisOne() {
        Path journal = folder.resolve("run.jsonl");
        InMemorySessionService source = InMemorySessionService.create();
        SessionFaults faults = SessionFaults.none();
        faults.on(SessionOperation.SCAN).times(1).runBefore(call -> {
            assertInUse(runHere(journal));
            assertInUse(runElsewhere(journal));
        });

        boolean succeeded = Migrator.builder(new FaultySessionService(source, faults), InMemorySessionService.create())
                .journal(journal)
                .build()
                .run()
                .succeeded();

        assertThat(succeeded).isTrue();
        assertThat(faults.calls(SessionOperation.SCAN)).isPositive();
    }

    private static void assertInUse(Run run) {
        assertThat(run.exitCode()).as(run.out()).isEqualTo(2);
        assertThat(run.err()).contains("error: --journal: ", "in use");
    }

    private static Run runHere(Path journal) {
        return Run.of(migrate(journal));
    }

    private static Run runElsewhere(Path journal) {
        try {
            return ChildJvm.run(migrate(journal));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static String[] migrate(Path journal) {
        return new String[] {
            "migrate", "--from", "memory:" + UUID.randomUUID(), "--to", "memory:", "--journal", "" + journal, "--resume"
        };
    }
}
