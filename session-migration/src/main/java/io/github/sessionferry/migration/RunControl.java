package io.github.sessionferry.migration;

import io.github.sessionferry.core.SessionException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Whether a run goes on, and if not why; the first reason counts. Thread-safe. */
final class RunControl {

    private record Ended(RunEnding ending, Optional<Failure> reason) {}

    private static final Ended CANCELLED = new Ended(RunEnding.CANCELLED, Optional.empty());
    private final AtomicBoolean begun = new AtomicBoolean();
    private final AtomicReference<@Nullable Ended> ended = new AtomicReference<>();

    /** Lets a run begin, once. */
    void begin() {
        if (!begun.compareAndSet(false, true)) {
            throw new IllegalStateException("it has run already; build another one");
        }
    }

    boolean goesOn() {
        return ended.get() == null;
    }

    void cancel() {
        ended.compareAndSet(null, CANCELLED);
    }

    void stop(SessionException failure) {
        stop(failure.code().name(), String.valueOf(failure.getMessage()));
    }

    void stop(String code, String message) {
        stop(new Failure(code, message));
    }

    void stop(Failure reason) {
        ended.compareAndSet(null, new Ended(RunEnding.STOPPED, Optional.of(reason)));
    }

    RunEnding ending() {
        Ended end = ended.get();
        return end == null ? RunEnding.COMPLETE : end.ending();
    }

    Optional<Failure> stopReason() {
        Ended end = ended.get();
        return end == null ? Optional.empty() : end.reason();
    }
}
