package io.github.sessionferry.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class WebNamesTest {

    private static final int FILES = 100;
    private static final int A_PASS = 10;
    private static final int FIRST = 0;
    private static final int OTHER = 128;

    @TempDir
    private Path folder;

    private final List<String> all =
            IntStream.range(100, 100 + FILES).mapToObj(i -> "sess_" + i).toList();

    @BeforeEach
    void makeFiles() throws IOException {
        for (String name : all) {
            make(name);
        }
        make("other");
    }

    private void make(String name) throws IOException {
        Files.createFile(folder.resolve(name));
    }

    @Test
    void after_toTheEnd_isEachNameOnceInOrderAndNeverMoreThanAPassKeeps() throws IOException {
        WebNames names = new WebNames(folder, A_PASS);

        List<String> met = new ArrayList<>();
        List<String> some = names.after("a", FIRST, "");
        while (!some.isEmpty()) {
            assertThat(some).hasSizeLessThanOrEqualTo(A_PASS);
            met.addAll(some);
            some = names.after("a", FIRST, met.get(met.size() - 1));
        }

        assertThat(met).isEqualTo(all);
    }

    @Test
    void after_inAnotherPartition_needsNoOtherPass() throws IOException {
        WebNames names = new WebNames(folder, 2 * FILES);

        List<String> first = names.after("a", FIRST, "");
        make("sess_000");

        assertThat(names.after("a", OTHER, "")).isEqualTo(first).isEqualTo(all);
        assertThat(names.after("b", OTHER, "")).hasSize(FILES + 1);
    }

    @Test
    void after_inASlowerPartition_keepsItsPassUntilItHasLeftIt() throws IOException {
        WebNames names = new WebNames(folder, A_PASS);
        List<String> slow = names.after("a", FIRST, "");
        List<String> fast = names.after("a", OTHER, "");
        while (!fast.isEmpty()) {
            fast = names.after("a", OTHER, fast.get(fast.size() - 1));
        }
        make("sess_000");

        assertThat(names.after("a", FIRST, "")).isEqualTo(slow);
    }

    @Test
    void after_theEnd_anotherRoundSeesWhatHasCome() throws IOException {
        WebNames names = new WebNames(folder, 2 * FILES);
        List<String> first = names.after("a", FIRST, "");
        assertThat(names.after("a", FIRST, first.get(FILES - 1))).isEmpty();

        make("sess_000");

        assertThat(names.after("a", FIRST, "")).hasSize(FILES + 1);
    }
}
