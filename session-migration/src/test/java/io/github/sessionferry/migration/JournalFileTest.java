package io.github.sessionferry.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalFileTest {

    @TempDir
    private Path folder;

    private Path file() {
        return folder.resolve("run.jsonl");
    }

    /** A disk that is full in the middle of a line, and has room again afterwards. */
    private static final class FileThatFillsUpOnce extends RandomAccessFile {
        private int writes;

        FileThatFillsUpOnce(Path file) throws IOException {
            super(file.toFile(), "rw");
        }

        @Override
        public void write(byte[] bytes) throws IOException {
            if (++writes == 2) {
                super.write(bytes, 0, bytes.length / 2);
                throw new IOException("No space left on device");
            }
            super.write(bytes);
        }
    }

    @Test
    void append_afterALineThatWasWrittenInHalf_isRefused_soThatNothingStandsBehindIt() throws IOException {
        try (JournalFile journal = new JournalFile(file(), file(), new FileThatFillsUpOnce(file()), false)) {
            journal.append(Map.of("n", 1L));
            assertThatThrownBy(() -> journal.append(Map.of("n", 22_222_222L)))
                    .isInstanceOf(JournalException.class)
                    .hasMessageContaining("cannot be written (No space left on device); make room");

            assertThatThrownBy(() -> journal.append(Map.of("n", 3L)))
                    .isInstanceOf(JournalException.class)
                    .hasMessageContaining("could not be written before");
        }

        assertThat(numbers()).containsExactly(1L);
    }

    @Test
    void appendAll_writtenInHalf_leavesTheWholeLinesOfThatHalf() throws IOException {
        try (JournalFile journal = new JournalFile(file(), file(), new FileThatFillsUpOnce(file()), false)) {
            journal.appendAll(List.of(Map.of("n", 1L), Map.of("n", 2L)));
            assertThatThrownBy(() -> journal.appendAll(List.of(Map.of("n", 3L), Map.of("n", 4L), Map.of("n", 5L))))
                    .isInstanceOf(JournalException.class);
        }

        assertThat(numbers()).containsExactly(1L, 2L, 3L);
    }

    @Test
    void append_afterATornLineWasCutOff_standsOnALineOfItsOwn() throws IOException {
        Files.writeString(file(), "{\"n\":1}\n{\"n\":2");

        try (JournalFile journal = JournalFile.open(file())) {
            journal.cutTornLine();
            journal.append(Map.of("n", 3L));
        }

        assertThat(numbers()).containsExactly(1L, 3L);
    }

    private List<Long> numbers() {
        List<Long> numbers = new ArrayList<>();
        try (JournalFile journal = JournalFile.open(file())) {
            journal.cutTornLine();
            journal.read(line -> numbers.add(line.number("n")));
        }
        return numbers;
    }
}
