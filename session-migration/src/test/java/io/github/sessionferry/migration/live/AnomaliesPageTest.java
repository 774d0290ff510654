package io.github.sessionferry.migration.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.sessionferry.migration.Reconciler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Holds docs/anomalies.md to the tests: each interleaving has one, and one more without the guard. */
class AnomaliesPageTest {

    private static final Path PAGE = Path.of("").toAbsolutePath().resolveSibling("docs/anomalies.md");
    private static final Pattern ROW = Pattern.compile("\\| (I\\d+) \\|([^|]+)\\|([^|]+)\\|([^|]+)\\|([^|]+)\\|");
    private static final Pattern TEST = Pattern.compile("`(\\w+)\\.(\\w+)`");

    private record Row(String id, List<String> tests, List<String> mutations) {}

    @Test
    void page_namesEachInterleaving_withATestOfItAndOneWithoutTheGuard() throws IOException {
        assertThat(rows())
                .extracting(Row::id)
                .containsExactlyElementsOf(
                        IntStream.rangeClosed(1, 16).mapToObj(i -> "I" + i).toList());
        assertThat(rows()).allSatisfy(row -> {
            assertThat(row.tests()).as("tests of %s", row.id()).isNotEmpty();
            assertThat(row.mutations())
                    .as("tests of %s without the guard", row.id())
                    .isNotEmpty();
        });
    }

    @Test
    void page_namesTestsThatThereAre() throws IOException {
        assertThat(rows())
                .allSatisfy(row -> assertThat(Stream.concat(row.tests().stream(), row.mutations().stream()))
                        .allSatisfy(test -> {
                            Matcher name = TEST.matcher(test);
                            assertThat(name.matches()).as(test).isTrue();
                            assertThat(name.group(2)).startsWith(row.id().toLowerCase(java.util.Locale.ROOT) + "_");
                            assertThat(testsOf(name.group(1))).contains(name.group(2));
                        }));
    }

    private static List<String> testsOf(String className) {
        return Arrays.stream(find(className).getDeclaredMethods())
                .filter(method -> method.isAnnotationPresent(Test.class))
                .map(java.lang.reflect.Method::getName)
                .toList();
    }

    private static Class<?> find(String className) {
        for (Class<?> neighbour : List.of(StagedSessionService.class, Reconciler.class)) {
            try {
                return Class.forName(neighbour.getPackageName() + "." + className);
            } catch (ClassNotFoundException elsewhere) {
                // Perhaps in the next package.
            }
        }
        throw new AssertionError("there is no test class " + className);
    }

    private static List<Row> rows() throws IOException {
        return Files.readAllLines(PAGE).stream()
                .map(ROW::matcher)
                .filter(Matcher::matches)
                .map(row -> new Row(row.group(1), tests(row.group(4)), tests(row.group(5))))
                .toList();
    }

    private static List<String> tests(String cell) {
        return TEST.matcher(cell).results().map(found -> found.group()).toList();
    }
}
