package io.github.sessionferry.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Rules: every Java example of the documentation stands, line for line, in a source file that the build compiles; every link
 * within the project leads somewhere.
 */
final class DocumentationTest {

    private static final Path ROOT = Path.of("").toAbsolutePath().getParent();
    private static final Pattern JAVA_BLOCK =
            Pattern.compile("^```java\\n(.*?)^```", Pattern.MULTILINE | Pattern.DOTALL);
    private static final Pattern LINK_WITHIN = Pattern.compile("\\]\\((?!https?:)([^)#]+)[^)]*\\)");

    @TestFactory
    Stream<DynamicTest> javaExample_inDocumentation_isCompiled() {
        String sources = Stream.of("docs/src/test/java", "session-core/src/main/java", "session-adk/src/test/java")
                .flatMap(folder -> files(ROOT.resolve(folder), ".java"))
                .map(file -> withoutIndentation(read(file)))
                .collect(Collectors.joining("\n"));

        return pages().flatMap(page -> examples(page)
                .map(example -> DynamicTest.dynamicTest(
                        ROOT.relativize(page) + ": "
                                + example.lines().findFirst().orElse("empty"),
                        () -> assertThat(sources.contains(example))
                                .as("in a compiled source:\n%s", example)
                                .isTrue())));
    }

    @TestFactory
    Stream<DynamicTest> linkWithinTheProject_leadsSomewhere() {
        return pages().flatMap(page -> links(page)
                .map(link -> DynamicTest.dynamicTest(
                        ROOT.relativize(page) + ": " + link,
                        () -> assertThat(page.resolveSibling(link)).exists())));
    }

    @Test
    void search_ofExamplesAndLinks_findsThem() {
        assertThat(pages().flatMap(DocumentationTest::examples)).isNotEmpty();
        assertThat(pages().flatMap(DocumentationTest::links)).isNotEmpty();
    }

    private static Stream<Path> pages() {
        return Stream.concat(
                files(ROOT.resolve("docs"), ".md"),
                Stream.of("README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md")
                        .map(ROOT::resolve));
    }

    private static Stream<String> links(Path page) {
        return LINK_WITHIN.matcher(read(page)).results().map(link -> link.group(1));
    }

    private static Stream<String> examples(Path page) {
        return JAVA_BLOCK.matcher(read(page)).results().map(block -> withoutIndentation(block.group(1)));
    }

    private static String withoutIndentation(String text) {
        return text.lines().map(String::strip).filter(line -> !line.isEmpty()).collect(Collectors.joining("\n"));
    }

    private static Stream<Path> files(Path folder, String ending) {
        try (Stream<Path> walk = Files.walk(folder)) {
            List<Path> found =
                    walk.filter(file -> file.toString().endsWith(ending)).toList();
            return found.stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
