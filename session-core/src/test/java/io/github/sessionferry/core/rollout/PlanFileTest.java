package io.github.sessionferry.core.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PlanFileTest {

    private static final Instant NOW = Instant.parse("2026-01-05T10:00:00Z");
    private static final String CANARY =
            "{\"stage\": \"TARGET_FIRST\", \"percentage\": 5, \"allowedUserIds\": [\"ada, of London\"]}";

    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 1000);

    @TempDir
    private Path folder;

    private Path file;

    @BeforeEach
    void writeCanary() {
        file = folder.resolve("rollout.json");
        replace(CANARY);
        setAge(Duration.ofHours(1));
    }

    @Test
    void open_json_hasAllFields() {
        replace("{\"base\": \"DUAL_WRITE\", \"rollout\": \"SHADOW\", \"percentage\": 12.5, \"salt\": \"mine\","
                + " \"allowedUserIds\": [\"a,b\", \"c\"], \"deniedUserIds\": [\"d\"], \"enabled\": true}");

        RolloutPlan plan = open().current();

        assertThat(plan.base()).isEqualTo(Stage.DUAL_WRITE);
        assertThat(plan.rollout()).isEqualTo(Stage.SHADOW);
        assertThat(plan.policy())
                .isEqualTo(RolloutPolicy.builder("mine")
                        .percentage(12.5)
                        .allowedUserIds(List.of("a,b", "c"))
                        .deniedUserIds(List.of("d"))
                        .build());
    }

    @Test
    void open_properties_hasAllFields() {
        file = folder.resolve("rollout.properties");
        replace("stage = SHADOW\npercentage = 12.5 \nsalt=mine\nallowedUserIds=a, c\ndeniedUserIds=d\nenabled=true\n");

        RolloutPlan plan = open().current();

        assertThat(plan.base()).isEqualTo(Stage.DUAL_WRITE);
        assertThat(plan.rollout()).isEqualTo(Stage.SHADOW);
        assertThat(plan.policy())
                .isEqualTo(RolloutPolicy.builder("mine")
                        .percentage(12.5)
                        .allowedUserIds(List.of("a", "c"))
                        .deniedUserIds(List.of("d"))
                        .build());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"stage\": \"SHADOW\", \"percent\": 5} | unknown field \"percent\"",
                "{\"stage\": \"shadow\"} | stage: there is no such stage",
                "{\"stage\": \"SHADOW\", \"base\": \"SHADOW\"} | either stage",
                "{\"percentage\": 5} | either stage",
                "{\"base\": \"SHADOW\"} | rollout: it is missing",
                "{\"base\": \"SHADOW\", \"rollout\": \"TARGET_ONLY\"} | one step",
                "{\"stage\": \"SHADOW\", \"percentage\": 101} | percentage: ",
                "{\"stage\": \"SHADOW\", \"percentage\": null} | percentage: ",
                "{\"stage\": \"SHADOW\", \"allowedUserIds\": [1]} | allowedUserIds: ",
                "{\"stage\": \"SHADOW\", \"deniedUserIds\": [\"\"]} | deniedUserIds: ",
                "{\"stage\": \"SHADOW\", \"salt\": \"a:b\"} | salt: ",
                "{\"stage\": \"SHADOW\", \"enabled\": \"yes\"} | enabled: ",
                "{\"stage\": \"SHADOW\", \"stage\": \"SHADOW\"} | line 1",
                "{\"stage\": \"SHADOW\" | line 1",
                "{\"enabled\": false, \"stage\": \"NONE\"} | stage: ",
                "[] | no JSON object",
                "'' | the text ends"
            })
    void open_brokenJson_failsAndNamesFileAndPlace(String content, String reason) {
        replace(content);

        assertThatThrownBy(this::open)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining(reason);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "stage=SHADOW\npercentage=5",
                "",
                "stage=SHADOW\nstage=SHADOW\n",
                "percent=5\n",
                "stage=\\uzzzz\n"
            })
    void open_brokenProperties_fails(String content) {
        file = folder.resolve("rollout.properties");
        replace(content);

        assertThatThrownBy(this::open)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(file.toString());
    }

    @Test
    void open_missingOrOtherEnding_failsClearly() {
        assertThatThrownBy(() -> PlanFile.open(folder.resolve("none.json"))).hasMessageContaining("no such file");
        assertThatThrownBy(() -> PlanFile.open(folder.resolve("rollout.yaml")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(".json or .properties");
    }

    @Test
    void builder_unusableTimes_areRefused() {
        assertThatThrownBy(() -> PlanFile.builder(file).checkInterval(Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> PlanFile.builder(file)
                        .settleAfter(Duration.ofSeconds(1))
                        .open())
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void current_beforeTheInterval_doesNotLook() {
        PlanFile plans = open();
        replace(canary(10));

        pass(Duration.ofMillis(999));

        assertThat(plans.current().policy().percentage()).isEqualTo(5);
    }

    @Test
    void current_afterAtomicReplace_isTheNextVersionUnsettledUntilTime() {
        PlanFile plans = open();
        RolloutPlan first = plans.current();
        replace(canary(10));

        RolloutPlan next = look(plans);
        pass(Duration.ofSeconds(58));
        boolean settledEarly = plans.current().isSettled();
        pass(Duration.ofSeconds(2));
        RolloutPlan later = plans.current();

        assertThat(first.isSettled()).isTrue();
        assertThat(next.policy().percentage()).isEqualTo(10);
        assertThat(next.version()).isEqualTo(first.version() + 1);
        assertThat(next.isSettled()).isFalse();
        assertThat(settledEarly).isFalse();
        assertThat(later).isEqualTo(next.withSettled(true));
    }

    @Test
    void open_ofFileThatHasJustChanged_isUnsettled() {
        setAge(Duration.ofSeconds(10));

        PlanFile plans = open();
        boolean settled = plans.current().isSettled();
        pass(Duration.ofSeconds(61));

        assertThat(settled).isFalse();
        assertThat(plans.current().isSettled()).isTrue();
    }

    @Test
    void current_otherTextOfTheSamePlan_isNoChange() {
        PlanFile plans = open();
        RolloutPlan first = plans.current();
        replace("  " + CANARY);

        assertThat(look(plans)).isSameAs(first);
        assertThat(plans.problem()).isEmpty();
    }

    @Test
    void current_sameSizeAndTime_isSeenByItsContent() {
        PlanFile plans = open();
        FileTime before = lastModified();
        replace(CANARY.replace("5", "7"));
        setLastModified(before);

        assertThat(look(plans).policy().percentage()).isEqualTo(7);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{\"stage\": \"TARG", "{\"stage\": \"TARGET_FIRST\", \"percentages\": 50}", "{}"})
    void current_ofBrokenFile_keepsTheLastPlanAndSaysSo(String broken) {
        PlanFile plans = open();
        RolloutPlan first = plans.current();
        replace(broken);

        assertThat(look(plans)).isSameAs(first);
        assertThat(plans.problem().orElseThrow()).contains(file.toString()).contains("last plan stays in force");
    }

    @Test
    void current_ofVanishedOrTooLargeFile_keepsTheLastPlanAndSaysSo() throws IOException {
        PlanFile plans = open();
        RolloutPlan first = plans.current();

        Files.delete(file);
        assertThat(look(plans)).isSameAs(first);
        assertThat(plans.problem().orElseThrow()).contains("no such file");

        replace(CANARY + " ".repeat(1 << 20));
        assertThat(look(plans)).isSameAs(first);
        assertThat(plans.problem().orElseThrow()).contains("1 MiB");

        replace(CANARY);
        assertThat(look(plans)).isSameAs(first);
        assertThat(plans.problem()).isEmpty();
    }

    @Test
    void current_ofDirectory_keepsTheLastPlanAndSaysSo() throws IOException {
        PlanFile plans = open();
        RolloutPlan first = plans.current();
        Files.delete(file);
        Files.createDirectory(file);

        assertThat(look(plans)).isSameAs(first);
        assertThat(plans.problem().orElseThrow()).contains("cannot be read");
    }

    @Test
    void problem_neverTellsUserIds() {
        PlanFile plans = open();
        replace("{\"stage\": \"SHADOW\", \"allowedUserIds\": [\"secret-user\"], \"percentage\": \"secret-user x\"}");

        look(plans);

        assertThat(plans.problem().orElseThrow()).contains("percentage");
        replace("{\"stage\": \"SHADOW\", \"allowedUserIds\": [\"secret-user\", 1]}");
        look(plans);
        assertThat(plans.problem().orElseThrow()).contains("allowedUserIds").doesNotContain("secret");
        assertThat(plans.toString()).doesNotContain("ada");
    }

    @Test
    void current_jumpOfTwoStages_isRefusedUnlessForced() {
        PlanFile plans = open();
        RolloutPlan first = plans.current();
        replace("{\"base\": \"TARGET_ONLY\", \"rollout\": \"TARGET_ONLY\"}");

        assertThat(look(plans)).isSameAs(first);
        assertThat(plans.problem().orElseThrow()).contains("more than one step");

        replace("{\"base\": \"TARGET_ONLY\", \"rollout\": \"TARGET_ONLY\", \"force\": true}");
        assertThat(look(plans).base()).isEqualTo(Stage.TARGET_ONLY);
        assertThat(plans.problem()).isEmpty();
    }

    @Test
    void current_secondStepBeforeTheFirstHasSettled_waitsForIt() {
        replace("{\"base\": \"DUAL_WRITE\", \"rollout\": \"DUAL_WRITE\"}");
        setAge(Duration.ofHours(1));
        PlanFile plans = open();
        replace("{\"base\": \"SHADOW\", \"rollout\": \"SHADOW\"}");
        look(plans);
        replace("{\"base\": \"TARGET_FIRST\", \"rollout\": \"TARGET_FIRST\"}");

        assertThat(look(plans).base()).isEqualTo(Stage.SHADOW);
        assertThat(plans.problem()).isPresent();
        pass(Duration.ofSeconds(60));
        assertThat(plans.current().base()).isEqualTo(Stage.TARGET_FIRST);
        assertThat(plans.problem()).isEmpty();
    }

    @Test
    void current_stepTakenBackBeforeItHasSettled_isTaken() {
        PlanFile plans = open();
        replace(canary(50));
        look(plans);
        replace(CANARY);

        RolloutPlan back = look(plans);

        assertThat(back.policy().percentage()).isEqualTo(5);
        assertThat(back.version()).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"enabled\": false}",
                "{\"stage\": \"SOURCE_ONLY\"}",
                "{\"enabled\": false, \"base\": \"TARGET_ONLY\", \"rollout\": \"TARGET_ONLY\", \"percentage\": 100}"
            })
    void current_everybodyBackOnTheSource_isTakenFromAnyStage(String off) {
        replace("{\"base\": \"TARGET_ONLY\", \"rollout\": \"TARGET_ONLY\"}");
        PlanFile plans = open();
        replace(off);

        assertThat(look(plans).stageOf("ada")).isEqualTo(Stage.SOURCE_ONLY);
        assertThat(plans.problem()).isEmpty();
    }

    @Test
    void current_onInterruptedThread_looksAndKeepsTheInterrupt() {
        PlanFile plans = open();
        replace(canary(10));

        Thread.currentThread().interrupt();
        RolloutPlan seen = look(plans);
        boolean interrupted = Thread.interrupted();

        assertThat(interrupted).isTrue();
        assertThat(seen.policy().percentage()).isEqualTo(10);
        assertThat(plans.problem()).isEmpty();
    }

    @Test
    void settablePlan_afterSet_isTheNewOne() {
        SettablePlan plans = new SettablePlan(RolloutPlan.everybodyIn(Stage.SOURCE_ONLY));
        RolloutPlan next = RolloutPlan.everybodyIn(Stage.DUAL_WRITE);

        plans.set(next);

        assertThat(plans.current()).isSameAs(next);
    }

    private PlanFile open() {
        return PlanFile.builder(file)
                .ticker(nanos::get)
                .clock(Clock.fixed(NOW, ZoneOffset.UTC))
                .open();
    }

    private RolloutPlan look(PlanFile plans) {
        pass(Duration.ofSeconds(1));
        return plans.current();
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    private static String canary(int percentage) {
        return CANARY.replace("5", Integer.toString(percentage));
    }

    private void replace(String content) {
        try {
            Path other = folder.resolve("other");
            Files.write(other, content.getBytes(StandardCharsets.UTF_8));
            Files.move(other, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void setAge(Duration age) {
        setLastModified(FileTime.from(NOW.minus(age)));
    }

    private void setLastModified(FileTime time) {
        try {
            Files.setLastModifiedTime(file, time);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private FileTime lastModified() {
        try {
            return Files.getLastModifiedTime(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
