package io.github.sessionferry.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class RecentReadsTest {

    private static final FileTime LONG_AGO = FileTime.from(Instant.parse("2026-01-05T10:00:00Z"));
    private static final Session SESSION = Session.builder(new SessionKey("web", "", "a"), LONG_AGO.toInstant())
            .build();

    private final RecentReads reads = new RecentReads();

    private static FileState state(long size, FileTime changed) {
        return new FileState(false, true, size, LONG_AGO, 7L, changed);
    }

    @Test
    void find_ofAFileThatIsAsItWas_isWhatWasRead() throws IOException {
        reads.add("sess_a", state(100, LONG_AGO), SESSION);

        assertThat(reads.find("sess_a", () -> state(100, LONG_AGO))).isSameAs(SESSION);
        assertThat(reads.find("sess_b", () -> state(100, LONG_AGO))).isNull();
    }

    @Test
    void find_ofAFileThatHasChanged_isNothing_thoughItsSizeAndModificationTimeWereKept() throws IOException {
        reads.add("sess_a", state(100, LONG_AGO), SESSION);

        FileTime later = FileTime.fromMillis(LONG_AGO.toMillis() + 1);
        assertThat(reads.find("sess_a", () -> state(100, later))).isNull();
    }

    @Test
    void find_ofAFileThatIsNotRemembered_doesNotLookAtIt() throws IOException {
        reads.add("sess_a", state(100, LONG_AGO), SESSION);

        assertThat(reads.find("sess_b", () -> {
                    throw new AssertionError("it was looked at");
                }))
                .isNull();
    }

    @Test
    void add_ofAFileThatChangedJustNow_remembersNothing() throws IOException {
        reads.add("sess_a", state(100, LONG_AGO), SESSION);

        FileState now = state(100, FileTime.from(Instant.now()));
        reads.add("sess_a", now, SESSION);

        assertThat(reads.find("sess_a", () -> now)).isNull();
        assertThat(reads.find("sess_a", () -> state(100, LONG_AGO))).isNull();
    }

    @Test
    void add_ofMoreThanFits_forgetsTheOldest() throws IOException {
        reads.add("sess_a", state(3 << 20, LONG_AGO), SESSION);
        reads.add("sess_b", state(1 << 20, LONG_AGO), SESSION);
        reads.add("sess_c", state(1, LONG_AGO), SESSION);

        assertThat(reads.find("sess_a", () -> state(3 << 20, LONG_AGO))).isNull();
        assertThat(reads.find("sess_b", () -> state(1 << 20, LONG_AGO))).isSameAs(SESSION);
        assertThat(reads.find("sess_c", () -> state(1, LONG_AGO))).isSameAs(SESSION);
    }

    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "it does not tell when a file's status changed")
    void stateOfAFile_tellsThatItWasWrittenInPlace_thoughItsModificationTimeWasSetBack(@TempDir Path folder)
            throws IOException {
        Path file = Files.writeString(folder.resolve("sess_a"), "{\"n\": 1}");
        Files.setLastModifiedTime(file, LONG_AGO);
        FileState before = FileState.of(file);

        FileState after = before;
        while (after.changed() == null || after.changed().equals(before.changed())) {
            Files.writeString(file, "{\"n\": 2}");
            Files.setLastModifiedTime(file, LONG_AGO);
            after = FileState.of(file);
        }

        assertThat(after.modified()).isEqualTo(before.modified());
        assertThat(after.size()).isEqualTo(before.size());
        assertThat(after).isNotEqualTo(before);
        assertThat(before.tellsEveryChange()).isFalse();
    }
}
