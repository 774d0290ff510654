package io.github.sessionferry.migration;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.sessionferry.core.SessionErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Holds docs/error-codes.md to what the code does. */
class ErrorCodesPageTest {

    private record Row(String code, String meaning, String triedAgain, String run, String whatToDo) {}

    @Test
    void page_hasARowForEachCode() throws IOException {
        assertThat(rows()).containsOnlyKeys(Advice.codes());
    }

    @Test
    void page_saysWhatAReportTellsToDo() throws IOException {
        assertThat(rows()).allSatisfy((code, row) -> {
            assertThat(row.meaning()).isNotBlank();
            assertThat(row.whatToDo()).isEqualTo(Advice.on(code));
        });
    }

    @Test
    void page_saysWhatARunDoes() throws IOException {
        Map<String, Row> rows = rows();

        for (SessionErrorCode code : SessionErrorCode.values()) {
            Row row = rows.get(code.name());
            assertThat(row.triedAgain()).as(code.name()).isEqualTo(Retries.mayPass(code) ? "yes" : "no");
            assertThat(row.run())
                    .as(code.name())
                    .isEqualTo(
                            code.fatal()
                                    ? "stops"
                                    : MigrationRun.IN_THE_SESSION.contains(code) ? "skips it" : "goes on");
        }
    }

    private static Map<String, Row> rows() throws IOException {
        List<String> page = Files.readAllLines(Path.of("").toAbsolutePath().resolveSibling("docs/error-codes.md"));
        return page.stream()
                .filter(line -> line.matches("\\| `[A-Z_]+` \\|.*"))
                .map(line -> line.split("\\|"))
                .map(cells -> new Row(
                        cells[1].strip().replace("`", ""),
                        cells[2].strip(),
                        cells[3].strip(),
                        cells[4].strip(),
                        cells[5].strip()))
                .collect(Collectors.toMap(Row::code, Function.identity()));
    }
}
