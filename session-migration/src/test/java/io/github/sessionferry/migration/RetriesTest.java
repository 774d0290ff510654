package io.github.sessionferry.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.sessionferry.core.AmbiguousOutcomeException;
import io.github.sessionferry.core.SessionErrorCode;
import io.github.sessionferry.core.SessionException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RetriesTest {

    private final Retries retries = new Retries(3, Duration.ofMillis(1));

    @ParameterizedTest
    @EnumSource(SessionErrorCode.class)
    void call_repeatsOnlyWhatMayPass(SessionErrorCode code) {
        List<Integer> attempts = new ArrayList<>();

        assertThatThrownBy(() -> retries.callCounting(attempt -> {
                    attempts.add(attempt);
                    throw new SessionException(code, "");
                }))
                .isInstanceOf(SessionException.class);

        boolean mayPass = code.retryable() || code == SessionErrorCode.AMBIGUOUS;
        assertThat(attempts).isEqualTo(mayPass ? List.of(0, 1, 2, 3) : List.of(0));
    }

    @Test
    void call_waitsAsLongAsTheStoreAsks() {
        Duration asked = Duration.ofMillis(60);
        long began = System.nanoTime();

        int attempts = retries.callCounting(attempt -> {
            if (attempt == 0) {
                throw new SessionException(SessionErrorCode.RATE_LIMITED, "", null, asked, null);
            }
            return attempt;
        });

        assertThat(attempts).isEqualTo(1);
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThanOrEqualTo(asked);
    }

    @Test
    void call_withoutAHint_waitsLongerEachTime() {
        Retries slow = new Retries(2, Duration.ofMillis(20));
        long began = System.nanoTime();

        slow.callCounting(attempt -> {
            if (attempt < 2) {
                throw new SessionException(SessionErrorCode.UNAVAILABLE, "");
            }
            return attempt;
        });

        assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThanOrEqualTo(Duration.ofMillis(45));
    }

    @Test
    void callInside_whenItIsExhausted_doesNotRepeatTheOuterCall() {
        List<Integer> outer = new ArrayList<>();
        List<Integer> inner = new ArrayList<>();

        assertThatThrownBy(() -> retries.callCounting(attempt -> {
                    outer.add(attempt);
                    return retries.callInside(innerAttempt -> {
                        inner.add(innerAttempt);
                        throw new AmbiguousOutcomeException("", null, null);
                    });
                }))
                .isInstanceOf(AmbiguousOutcomeException.class);
        assertThat(outer).containsExactly(0);
        assertThat(inner).containsExactly(0, 1, 2, 3);
    }

    @Test
    void call_whenInterruptedWhileWaiting_endsAndKeepsTheInterrupt() {
        Retries slow = new Retries(3, Duration.ofSeconds(50));
        Thread caller = Thread.currentThread();
        Thread interrupter = new Thread(() -> {
            while (caller.getState() != Thread.State.TIMED_WAITING) {
                Thread.onSpinWait();
            }
            caller.interrupt();
        });
        interrupter.start();

        assertThatThrownBy(() -> slow.call(() -> {
                    throw new SessionException(SessionErrorCode.UNAVAILABLE, "");
                }))
                .isInstanceOf(SessionException.class);

        assertThat(Thread.interrupted()).isTrue();
    }
}
