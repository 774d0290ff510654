package io.github.sessionferry.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.github.sessionferry.core.Capability;
import io.github.sessionferry.testkit.contract.BrokenServices.Broken;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** Every rule is listed, has a test, and can be broken. */
class ContractCoverageTest {

    private static final Path LIST = Path.of("..", "docs", "contract.md");
    private static final Pattern ROW = Pattern.compile("\\| ([A-Z]-\\d+) \\|.*\\| ([^|]*) \\|");

    @Test
    void rules_listed_areThoseThatHaveTestsAndNeedTheSame() throws IOException {
        Map<String, String> tested = new TreeMap<>();
        rules().forEach(method -> {
            Rule rule = method.getAnnotation(Rule.class);
            tested.put(
                    rule.value(),
                    Arrays.stream(rule.needs()).map(Capability::name).collect(Collectors.joining(", ")));
        });

        assertThat(listed()).isEqualTo(tested);
    }

    @Test
    void rules_brokenServices_coverAll() {
        assertThat(BrokenServices.all().stream().map(Broken::rule))
                .containsExactlyInAnyOrderElementsOf(
                        rules().map(method -> method.getAnnotation(Rule.class).value())
                                .collect(Collectors.toSet()));
    }

    @TestFactory
    Stream<DynamicTest> rule_brokenService_fails() {
        return BrokenServices.all().stream()
                .map(broken -> dynamicTest(
                        broken.toString(),
                        () -> assertThat(failures(broken))
                                .as("failed tests of " + broken.rule())
                                .isNotEmpty()));
    }

    private static List<String> failures(Broken broken) {
        List<String> failures = new ArrayList<>();
        BrokenServiceSubject.broken = broken;
        LauncherFactory.create().execute(testsOf(broken.rule()), new TestExecutionListener() {
            @Override
            public void executionFinished(TestIdentifier test, TestExecutionResult result) {
                if (result.getStatus() == TestExecutionResult.Status.FAILED) {
                    failures.add(test.getDisplayName());
                }
            }
        });
        return failures;
    }

    private static LauncherDiscoveryRequest testsOf(String rule) {
        return LauncherDiscoveryRequestBuilder.request()
                .selectors(rules().filter(method ->
                                method.getAnnotation(Rule.class).value().equals(rule))
                        .map(method -> DiscoverySelectors.selectMethod(subjectOf(method), method))
                        .toList())
                .configurationParameter("jqwik.shrinking.default", "OFF")
                .configurationParameter("jqwik.reporting.usejunitplatform", "true")
                .configurationParameter("jqwik.database", "")
                .build();
    }

    private static Stream<Method> rules() {
        return Stream.concat(
                        Arrays.stream(SessionServiceContract.class.getMethods()),
                        Arrays.stream(SessionServiceProperties.class.getDeclaredMethods()))
                .filter(method -> method.isAnnotationPresent(Rule.class));
    }

    private static Class<?> subjectOf(Method test) {
        return test.getDeclaringClass() == SessionServiceProperties.class
                ? BrokenServiceProperties.class
                : BrokenServiceSubject.class;
    }

    private static Map<String, String> listed() throws IOException {
        Map<String, String> listed = new LinkedHashMap<>();
        for (String line : Files.readAllLines(LIST)) {
            Matcher row = ROW.matcher(line);
            if (row.matches()) {
                assertThat(listed.put(row.group(1), row.group(2).strip()))
                        .as("rule listed twice")
                        .isNull();
            }
        }
        return listed;
    }
}
