package io.github.sessionferry.testkit.agentengine;

import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import com.google.rpc.Code;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import com.google.rpc.Status;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** Counts calls by project, region and kind in windows of a minute, each starting at its first call. */
final class QuotaMeter {
    private static final long WINDOW_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final InstantSource clock;
    private final Map<Bucket, Window> windows = new ConcurrentHashMap<>();
    private volatile Quotas quotas;

    QuotaMeter(InstantSource clock, Quotas quotas) {
        this.clock = clock;
        this.quotas = quotas;
    }

    void setQuotas(Quotas quotas) {
        this.quotas = quotas;
    }

    /** @throws RpcException RESOURCE_EXHAUSTED if the minute's calls of this kind are used up */
    void spend(EngineName engine, Kind kind) {
        long limit = kind.limit(quotas);
        if (limit == Long.MAX_VALUE) {
            return;
        }
        Bucket bucket = new Bucket(engine.projectNumber(), engine.location(), kind);
        long waitNanos = windows.computeIfAbsent(bucket, key -> new Window()).spend(clock.instant(), limit);
        if (waitNanos > 0) {
            throw exhausted(bucket, waitNanos);
        }
    }

    private static RpcException exhausted(Bucket bucket, long waitNanos) {
        String message = "Quota exceeded for quota metric '" + bucket.kind.metric + "' and limit '"
                + bucket.kind.metric + " per minute per region' of service 'aiplatform.googleapis.com' for consumer"
                + " 'project_number:" + bucket.projectNumber + "'.";
        ErrorInfo info = ErrorInfo.newBuilder()
                .setReason("RATE_LIMIT_EXCEEDED")
                .setDomain("googleapis.com")
                .putMetadata("quota_location", bucket.location)
                .putMetadata("service", "aiplatform.googleapis.com")
                .build();
        RetryInfo retry = RetryInfo.newBuilder()
                .setRetryDelay(Duration.newBuilder()
                        .setSeconds(TimeUnit.NANOSECONDS.toSeconds(waitNanos))
                        .setNanos((int) (waitNanos % TimeUnit.SECONDS.toNanos(1))))
                .build();
        return new RpcException(Status.newBuilder()
                .setCode(Code.RESOURCE_EXHAUSTED_VALUE)
                .setMessage(message)
                .addDetails(Any.pack(info))
                .addDetails(Any.pack(retry))
                .build());
    }

    enum Kind {
        SESSION_WRITE("Session write requests"),
        APPEND("Session event append requests"),
        READ("Session read requests");

        private final String metric;

        Kind(String metric) {
            this.metric = metric;
        }

        private long limit(Quotas quotas) {
            return switch (this) {
                case SESSION_WRITE -> quotas.sessionWrites();
                case APPEND -> quotas.appends();
                case READ -> quotas.reads();
            };
        }
    }

    private record Bucket(String projectNumber, String location, Kind kind) {}

    private static final class Window {
        private Instant start = Instant.MIN;
        private long spent;

        /** Returns 0 if the call may pass, else the nanoseconds until the window ends. */
        synchronized long spend(Instant now, long limit) {
            if (!now.isBefore(endOrMin())) {
                start = now;
                spent = 0;
            }
            if (spent < limit) {
                spent++;
                return 0;
            }
            return Math.max(1, java.time.Duration.between(now, endOrMin()).toNanos());
        }

        private Instant endOrMin() {
            return start.equals(Instant.MIN) ? Instant.MIN : start.plusNanos(WINDOW_NANOS);
        }
    }
}
