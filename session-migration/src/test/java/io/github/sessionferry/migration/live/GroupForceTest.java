package io.github.sessionferry.migration.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class GroupForceTest {

    private final AtomicLong written = new AtomicLong();
    private final List<Long> forced = new ArrayList<>();
    private final GroupForce force = new GroupForce(written::get, () -> forced.add(written.get()));

    @Test
    void upTo_whatOthersHaveWrittenMeanwhile_isPutOnTheDiskWithIt() throws IOException {
        written.set(3);

        force.upTo(1);
        force.upTo(3);
        force.upTo(2);

        assertThat(forced).containsExactly(3L);
    }

    @Test
    void upTo_whatWasWrittenSince_isPutOnTheDisk() throws IOException {
        written.set(1);
        force.upTo(1);
        written.set(2);

        force.upTo(2);

        assertThat(forced).containsExactly(1L, 2L);
    }

    @Test
    void upTo_ofWhatIsWrittenWhileAnotherIsAtIt_isNotTakenForDone() throws IOException {
        GroupForce slow = new GroupForce(written::get, () -> forced.add(written.getAndIncrement()));
        written.set(1);

        slow.upTo(1);
        slow.upTo(2);

        assertThat(forced).containsExactly(1L, 2L);
    }

    @Test
    void upTo_afterAFailure_triesAgain() throws IOException {
        boolean[] fails = {true};
        GroupForce failing = new GroupForce(written::get, () -> {
            if (fails[0]) {
                throw new IOException("no room");
            }
            forced.add(written.get());
        });
        written.set(1);

        assertThatThrownBy(() -> failing.upTo(1)).isInstanceOf(IOException.class);
        fails[0] = false;
        failing.upTo(1);

        assertThat(forced).containsExactly(1L);
    }
}
