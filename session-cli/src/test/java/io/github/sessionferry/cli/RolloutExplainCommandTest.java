package io.github.sessionferry.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.sessionferry.core.rollout.RolloutDecision;
import io.github.sessionferry.core.rollout.RolloutPolicy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RolloutExplainCommandTest {

    @Test
    void explain_asJson_tellsWhatThePolicyDecides() {
        RolloutDecision decision =
                RolloutPolicy.builder("spring").percentage(12.34).build().decide("né\n\"1\"");

        Run run = Run.of("rollout", "explain", "--salt", "spring", "--percentage", "12.34", "--json", "né\n\"1\"");

        assertThat(run.exitCode()).isZero();
        assertThat(run.err()).isEmpty();
        assertThat(run.out().lines()).hasSize(1);
        assertThat(run.json().properties()).hasSize(1);
        JsonNode user = run.json().at("/users/0");
        assertThat(user.get("userId").asText()).isEqualTo("né\n\"1\"");
        assertThat(user.get("bucket").asInt()).isEqualTo(decision.bucket().getAsInt());
        assertThat(user.get("included").asBoolean()).isEqualTo(decision.included());
        assertThat(user.get("reason").asText()).isEqualTo(decision.reason().name());
    }

    @Test
    void explain_withoutUserId_hasNoBucket() {
        Run run = Run.of("rollout", "explain", "--salt", "spring", "--percentage", "100", "--json", "");

        JsonNode user = run.json().at("/users/0");
        assertThat(user.get("bucket").isNull()).isTrue();
        assertThat(user.get("included").asBoolean()).isFalse();
        assertThat(user.get("reason").asText()).isEqualTo("NO_USER");
    }

    @Test
    void explain_ofSeveralUsers_keepsTheirOrder() {
        Run run = Run.of("rollout", "explain", "--salt", "spring", "--percentage", "50", "--json", "b", "a", "b");

        assertThat(run.json().get("users").findValuesAsText("userId")).containsExactly("b", "a", "b");
    }

    @Test
    void explain_forPeople_isALineForEachUser() {
        Run run = Run.of(
                "rollout", "explain", "--salt", "spring", "--percentage", "100", "alice", "line\nbreak@|red !|@");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out().lines().toList())
                .hasSize(3)
                .last()
                .asString()
                .contains("yes", "WITHIN_PERCENTAGE")
                .endsWith("line\\u000abreak@|red !|@");
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "spring, -1, a percentage is a number from 0 to 100",
                "spring, 101, a percentage is a number from 0 to 100",
                "spring, abc, a percentage is a number from 0 to 100",
                "spring, ``, a percentage is a number from 0 to 100",
                "spring, 1.234, a percentage is a number from 0 to 100",
                "a:b, 5, without \":\"",
                "``, 5, not blank",
            })
    void explain_withBadPolicy_isAWrongUsage(String salt, String percentage, String reason) {
        Run run = Run.of("rollout", "explain", "--salt=" + salt, "--percentage=" + percentage, "--json", "alice");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err().lines())
                .singleElement()
                .asString()
                .startsWith("error: ")
                .contains(reason);
        assertThat(run.json().at("/error/code").asText()).isEqualTo("USAGE");
        assertThat(run.json().at("/error/message").asText()).contains(reason);
        assertThat(run.json().get("command").asText()).isEqualTo("rollout explain");
    }
}
