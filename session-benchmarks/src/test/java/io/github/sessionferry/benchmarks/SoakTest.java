package io.github.sessionferry.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.sessionferry.core.rollout.Stage;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class SoakTest {

    @Test
    @Timeout(300)
    void soak_ofAFewUsersAndSeconds_losesAndDoublesNothing() throws InterruptedException {
        SoakResult result = new Soak(10, Duration.ofSeconds(2)).run();

        result.audit().requireIntact();
        assertThat(result.audit().allAcknowledged()).isPositive();
        assertThat(result.errors()).isPositive();
        for (Stage stage : Stage.values()) {
            assertThat(result.reads(stage.name())).as("reads in %s", stage).isPositive();
        }
    }
}
