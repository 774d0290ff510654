package io.github.sessionferry.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class LoadTest {

    @Test
    @Timeout(300)
    void load_ofAFewUsersWhileRedisIsKilled_losesNothingAndFailsNobody() throws IOException, InterruptedException {
        LoadResult result = new Load(8, 100).run();

        result.audit().requireIntact();
        assertThat(result.codes()).isEmpty();
        for (LoadUser.Kind kind : LoadUser.Kind.values()) {
            assertThat(result.of(kind).number()).as("%s", kind).isPositive();
        }
    }
}
