package io.github.sessionferry.migration.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.sessionferry.core.SessionErrorCode;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.rollout.Channel;
import io.github.sessionferry.core.rollout.Stage;
import io.github.sessionferry.core.rollout.StoreSide;
import io.github.sessionferry.migration.internal.Traces;
import io.github.sessionferry.testkit.SessionOperation;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a staged service writes to the log, and what never. */
class StagedLogTest {

    private static final SessionKey KEY = TwoStores.key("user", "s1");
    private static final String SECRET = "my card is 4711";

    private final TwoStores stores = new TwoStores();
    private final CapturedLog log = new CapturedLog(StagedSessionService.class);

    @BeforeEach
    void fill() {
        TwoStores.put(stores.source, TwoStores.session(KEY, 2));
        TwoStores.put(stores.target, TwoStores.session(KEY, 2));
    }

    @AfterEach
    void close() {
        log.close();
        stores.close();
    }

    @Test
    void appendInAnEmergency_isLoggedAsReadsAre_andTold() {
        List<SessionErrorCode> fallbacks = new ArrayList<>();
        stores.stage(Stage.TARGET_FIRST);
        SessionService text = stores.process(stores.builder()
                        .executor(Runnable::run)
                        .writesInEmergency(true)
                        .listener(new StagedListener() {
                            @Override
                            public void fellBack(SessionKey key, StoreSide side, SessionErrorCode code) {
                                fallbacks.add(code);
                            }
                        }))
                .serviceFor("user", Channel.TEXT);
        stores.targetFaults.on(SessionOperation.APPEND).failBefore(SessionErrorCode.UNAVAILABLE);

        var unused = text.append(KEY, TwoStores.event(3));

        assertThat(fallbacks).containsExactly(SessionErrorCode.UNAVAILABLE);
        assertThat(log.lines()).contains("event=fell_back side=SOURCE session=\"s1\" code=UNAVAILABLE");
    }

    @Test
    void exceptionOfAnotherLibrary_isLoggedWithoutItsMessage() {
        stores.stage(Stage.DUAL_WRITE);
        StagedSessionService process = stores.process();
        stores.targetFaults.on(SessionOperation.APPEND, SessionOperation.STORE).runBefore(call -> {
            throw new IllegalStateException(SECRET, new IllegalArgumentException(SECRET));
        });

        var unused = process.serviceFor("user", Channel.TEXT).append(KEY, TwoStores.event(3));
        stores.targetFaults.clear();
        stores.targetFaults.on(SessionOperation.FIND).forKeys(KEY::equals).runBefore(call -> {
            throw new IllegalStateException(SECRET);
        });
        assertThat(process.settleDebt()).isPositive();

        assertThat(log.lines())
                .contains("event=second_write_broken session=\"s1\" trace=[\"java.lang.IllegalStateException\",\"at ")
                .contains("\"java.lang.IllegalArgumentException\"")
                .contains("event=settling_broken trace=[")
                .doesNotContain(SECRET);
    }

    @Test
    void trace_ofExceptionsThatCauseEachOther_ends() {
        IllegalStateException one = new IllegalStateException(SECRET);
        one.initCause(new IllegalArgumentException(SECRET, one));

        assertThat(Traces.withoutMessages(one))
                .startsWith("[\"java.lang.IllegalStateException\"")
                .doesNotContain(SECRET);
    }
}
