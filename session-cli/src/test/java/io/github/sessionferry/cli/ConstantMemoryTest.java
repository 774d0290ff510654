package io.github.sessionferry.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The sessions moved here take several times the memory that the commands get. */
@Timeout(600)
class ConstantMemoryTest {

    private static final List<String> SMALL_HEAP =
            List.of("-Xmx32m", "-XX:+UseSerialGC", "-XX:+ExitOnOutOfMemoryError");

    @TempDir
    private Path folder;

    @Test
    void generateMigrateAndValidate_ofMoreThanFitsInMemory_complete() throws Exception {
        String from = "file:" + folder.resolve("from") + "?create=true";
        String to = "file:" + folder.resolve("to") + "?create=true";

        run("generate", "--to", from, "--sessions", "2000", "--events", "20");
        run("migrate", "--from", from, "--to", to);
        run("validate", "--from", from, "--to", to);
    }

    private static void run(String... arguments) throws Exception {
        Process command = ChildJvm.start(SMALL_HEAP, arguments);
        assertThat(command.waitFor(250, TimeUnit.SECONDS)).isTrue();
        assertThat(command.exitValue()).isZero();
    }
}
