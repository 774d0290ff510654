package io.github.sessionferry.core.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.File;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.commons.codec.digest.MurmurHash3;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.Logger;

class RolloutAcrossJvmsTest {

    /** Computed from the definition of the algorithm, not by this library. */
    private static final String EXPECTED = "aba6c097469780553dfaa352164fe1a94d24b3aaf010951f3f3676e439186ebb";

    private static final Path RUNNING_JDK = Path.of(System.getProperty("java.home"));

    @Test
    void decisions_inThisJvm_areAsDefined() throws NoSuchAlgorithmException {
        assertThat(RolloutDigest.compute()).isEqualTo(EXPECTED);
    }

    @ParameterizedTest
    @MethodSource("jvms")
    void decisions_inAnotherJvm_areTheSame(Path jdk, List<String> options, @TempDir Path scratch) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(jdk.resolve("bin/java").toString());
        command.addAll(options);
        command.addAll(List.of("-cp", classPath(), RolloutDigest.class.getName()));
        Path output = scratch.resolve("stdout");
        Path errors = scratch.resolve("stderr");

        ProcessBuilder builder =
                new ProcessBuilder(command).redirectOutput(output.toFile()).redirectError(errors.toFile());
        builder.environment().put("LC_ALL", "C");
        Process process = builder.start();
        try {
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
                fail("the child did not end in time: " + command);
            }
        } finally {
            process.destroyForcibly();
        }

        assertThat(process.exitValue()).as(() -> read(errors)).isZero();
        assertThat(read(output)).isEqualTo(EXPECTED);
    }

    static Stream<Arguments> jvms() throws IOException {
        List<List<String>> settings = List.of(
                List.of("-Dfile.encoding=ISO-8859-1", "-Duser.language=tr", "-Duser.country=TR"),
                List.of("-Dfile.encoding=UTF-16BE", "-Duser.timezone=Pacific/Kiritimati", "-Duser.language=th"),
                List.of("-Dfile.encoding=COMPAT", "-Duser.timezone=Asia/Kathmandu", "-Duser.language=ar"));
        return jdks().stream().flatMap(jdk -> settings.stream().map(options -> Arguments.of(jdk, options)));
    }

    /** Returns the running JDK and those installed beside it that can run this code. */
    private static Set<Path> jdks() throws IOException {
        Set<Path> jdks = new LinkedHashSet<>();
        jdks.add(RUNNING_JDK.toRealPath());
        Path neighbourhood = RUNNING_JDK.toRealPath().getParent();
        try (Stream<Path> neighbours = Files.list(neighbourhood)) {
            for (Path neighbour : neighbours.sorted().toList()) {
                if (canRunThisCode(neighbour)) {
                    jdks.add(neighbour.toRealPath());
                }
            }
        }
        return jdks;
    }

    private static boolean canRunThisCode(Path jdk) throws IOException {
        Path release = jdk.resolve("release");
        if (!Files.isExecutable(jdk.resolve("bin/java")) || !Files.isReadable(release)) {
            return false;
        }
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(release)) {
            properties.load(reader);
        }
        String version = properties.getProperty("JAVA_VERSION", "0").replace("\"", "");
        return Integer.parseInt(version.split("[^0-9]", 2)[0]) >= 17;
    }

    private static String classPath() throws URISyntaxException {
        Set<String> locations = new LinkedHashSet<>();
        for (Class<?> needed : List.of(RolloutDigest.class, RolloutPolicy.class, MurmurHash3.class, Logger.class)) {
            locations.add(Path.of(needed.getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .toString());
        }
        return String.join(File.pathSeparator, locations);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
