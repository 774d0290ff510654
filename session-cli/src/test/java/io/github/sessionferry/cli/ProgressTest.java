package io.github.sessionferry.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.sessionferry.migration.MigrationCounts;
import io.github.sessionferry.migration.MigrationProgress;
import io.github.sessionferry.migration.RemainingTime;
import io.github.sessionferry.migration.ValidationCounts;
import io.github.sessionferry.migration.ValidationProgress;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProgressTest {

    @ParameterizedTest
    @CsvSource({"PT42S, 42 s", "PT9M59S, 9 min", "PT2H10M30S, 2 h 10 min", "PT171H, 7 d 3 h"})
    void progress_timeLeft_isToldWithWhatBindsIt(Duration left, String told) {
        String line = line(Optional.of(new RemainingTime(left, "events appended (210/min)")));

        assertThat(line)
                .isEqualTo("migrate: 5 sessions after 12.5 s, 1 failed, 0 skipped, about " + told
                        + " left, bound by events appended (210/min)\n");
    }

    @Test
    void progress_timeLeftUnknown_isNotTold() {
        assertThat(line(Optional.empty())).isEqualTo("migrate: 5 sessions after 12.5 s, 1 failed, 0 skipped\n");
    }

    @Test
    void progress_ofAValidation_tellsTheTimeLeftToo() {
        assertThat(validationLine(Optional.of(new RemainingTime(Duration.ofMinutes(14), "reads (7,000/min)"))))
                .isEqualTo(
                        "validate: 17 sessions after 12.5 s, 2 different, 1 missing, about 14 min left, bound by reads"
                                + " (7,000/min)\n");
        assertThat(validationLine(Optional.empty()))
                .isEqualTo("validate: 17 sessions after 12.5 s, 2 different, 1 missing\n");
    }

    private static String validationLine(Optional<RemainingTime> remaining) {
        StringWriter err = new StringWriter();
        try (Progress progress = Progress.of("validate", new PrintWriter(err, true))) {
            progress.progress(new ValidationProgress(
                    new ValidationCounts(12, 5, 9, 2, 1, 0, 0, 0, 0, 0, 3, 0, 0, 0),
                    Duration.ofMillis(12_500),
                    OptionalLong.of(24),
                    remaining));
        }
        return err.toString().replace(System.lineSeparator(), "\n");
    }

    private static String line(Optional<RemainingTime> remaining) {
        StringWriter err = new StringWriter();
        try (Progress progress = Progress.of("migrate", new PrintWriter(err, true))) {
            progress.progress(new MigrationProgress(
                    new MigrationCounts(4, 0, 0, 0, 0, 0, 1, 0, 0),
                    Duration.ofMillis(12_500),
                    OptionalLong.empty(),
                    remaining,
                    List.of()));
        }
        return err.toString().replace(System.lineSeparator(), "\n");
    }
}
