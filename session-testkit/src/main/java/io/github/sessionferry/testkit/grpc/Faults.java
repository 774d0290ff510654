package io.github.sessionferry.testkit.grpc;

import io.grpc.Context;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The six faults: fail, delay and hang, each before the call is applied and after. */
final class Faults {
    private Faults() {}

    static Fault failBefore(StatusRuntimeException error) {
        return new Fault() {
            @Override
            public <Q, A> ServerCall.Listener<Q> apply(
                    ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
                call.close(error.getStatus(), trailersOf(error));
                return new ServerCall.Listener<>() {};
            }
        };
    }

    static Fault failAfter(StatusRuntimeException error) {
        return new Fault() {
            @Override
            public <Q, A> ServerCall.Listener<Q> apply(
                    ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
                return next.startCall(new LostReply<>(call, error), headers);
            }
        };
    }

    static Fault delayBefore(Duration delay, ScheduledExecutorService scheduler) {
        return new Fault() {
            @Override
            public <Q, A> ServerCall.Listener<Q> apply(
                    ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
                LateListener<Q> listener = new LateListener<>();
                Runnable start = Context.current().wrap(() -> listener.startWith(() -> next.startCall(call, headers)));
                ScheduledFuture<?> unused = scheduler.schedule(start, delay.toNanos(), TimeUnit.NANOSECONDS);
                return listener;
            }
        };
    }

    static Fault delayAfter(Duration delay, ScheduledExecutorService scheduler) {
        return new Fault() {
            @Override
            public <Q, A> ServerCall.Listener<Q> apply(
                    ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
                long due = System.nanoTime() + delay.toNanos();
                Executor whenDue = action -> {
                    ScheduledFuture<?> unused =
                            scheduler.schedule(action, due - System.nanoTime(), TimeUnit.NANOSECONDS);
                };
                return next.startCall(new HeldReply<>(call, whenDue), headers);
            }
        };
    }

    static Fault hangBefore() {
        return new Fault() {
            @Override
            public <Q, A> ServerCall.Listener<Q> apply(
                    ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
                return new ServerCall.Listener<>() {};
            }
        };
    }

    static Fault hangAfter() {
        Executor never = action -> {};
        return new Fault() {
            @Override
            public <Q, A> ServerCall.Listener<Q> apply(
                    ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
                return next.startCall(new HeldReply<>(call, never), headers);
            }
        };
    }

    private static Metadata trailersOf(StatusRuntimeException error) {
        Metadata trailers = new Metadata();
        @Nullable Metadata given = error.getTrailers();
        if (given != null) {
            trailers.merge(given);
        }
        return trailers;
    }

    /** Drops the answer and reports the error in its place, unless the server had refused the call anyway. */
    private static final class LostReply<Q, A> extends SimpleForwardingServerCall<Q, A> {
        private final StatusRuntimeException error;

        LostReply(ServerCall<Q, A> call, StatusRuntimeException error) {
            super(call);
            this.error = error;
        }

        @Override
        public void sendHeaders(Metadata headers) {}

        @Override
        public void sendMessage(A message) {}

        @Override
        public void close(Status status, Metadata trailers) {
            if (status.isOk()) {
                super.close(error.getStatus(), trailersOf(error));
            } else {
                super.close(status, trailers);
            }
        }
    }

    /** Holds back all that the server sends, and hands it to an executor at the end of the call. */
    private static final class HeldReply<Q, A> extends SimpleForwardingServerCall<Q, A> {
        private final Executor executor;
        private final List<Runnable> held = new ArrayList<>();

        HeldReply(ServerCall<Q, A> call, Executor executor) {
            super(call);
            this.executor = executor;
        }

        @Override
        public void sendHeaders(Metadata headers) {
            held.add(() -> super.sendHeaders(headers));
        }

        @Override
        public void sendMessage(A message) {
            held.add(() -> super.sendMessage(message));
        }

        @Override
        public void close(Status status, Metadata trailers) {
            executor.execute(() -> {
                held.forEach(Runnable::run);
                super.close(status, trailers);
            });
        }
    }

    /** Remembers a cancellation until the call is started; nothing else can arrive before the call asks for it. */
    private static final class LateListener<Q> extends ServerCall.Listener<Q> {
        private ServerCall.@Nullable Listener<Q> started;
        private boolean cancelled;

        synchronized void startWith(Supplier<ServerCall.Listener<Q>> call) {
            if (!cancelled) {
                started = call.get();
                started.onReady();
            }
        }

        @Override
        public synchronized void onCancel() {
            cancelled = true;
            if (started != null) {
                started.onCancel();
            }
        }

        @Override
        public void onReady() {
            ServerCall.@Nullable Listener<Q> listener = startedOrNull();
            if (listener != null) {
                listener.onReady();
            }
        }

        @Override
        public void onMessage(Q message) {
            Objects.requireNonNull(startedOrNull()).onMessage(message);
        }

        @Override
        public void onHalfClose() {
            Objects.requireNonNull(startedOrNull()).onHalfClose();
        }

        @Override
        public void onComplete() {
            ServerCall.@Nullable Listener<Q> listener = startedOrNull();
            if (listener != null) {
                listener.onComplete();
            }
        }

        private synchronized ServerCall.@Nullable Listener<Q> startedOrNull() {
            return started;
        }
    }
}
