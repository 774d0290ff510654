package io.github.sessionferry.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import org.junit.jupiter.api.Test;

class DistinctCountTest {

    private final DistinctCount count = new DistinctCount();

    @Test
    void count_ofFew_isExact() {
        add(65_536);
        add(65_536);

        assertThat(count.count()).isEqualTo(65_536);
        assertThat(count.isExact()).isTrue();
    }

    @Test
    void count_ofMany_isRightToAHundredth() {
        add(1_000_000);

        assertThat(count.count()).isCloseTo(1_000_000, withinPercentage(1));
        assertThat(count.isExact()).isFalse();
    }

    @Test
    void count_ofNone_isZero() {
        assertThat(count.count()).isZero();
    }

    private void add(int texts) {
        for (int i = 0; i < texts; i++) {
            count.add("user-" + i);
        }
    }
}
