package io.github.sessionferry.testkit.agentengine;

import com.google.cloud.aiplatform.v1.AppendEventRequest;
import com.google.cloud.aiplatform.v1.CreateSessionRequest;
import com.google.cloud.aiplatform.v1.Session;
import com.google.cloud.aiplatform.v1.UpdateSessionRequest;
import com.google.protobuf.util.Durations;
import com.google.protobuf.util.Timestamps;
import com.google.rpc.BadRequest.FieldViolation;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** What the service accepts in requests. Each check throws INVALID_ARGUMENT, with the fields at fault in its details. */
final class SessionInput {
    private static final Duration SHORTEST_LIFE = Duration.ofHours(24);
    private static final int LONGEST_LABEL = 64;
    private static final Pattern LABEL = Pattern.compile("[\\p{L}\\p{M}\\p{N}_-]*");
    private static final Set<String> ALL_FIELDS = Set.of("display_name", "labels", "session_state", "expiration");

    private SessionInput() {}

    static void check(CreateSessionRequest request, Instant now) {
        Session session = request.getSession();
        if (!request.hasSession()) {
            throw RpcException.invalidField("session", "Required field is not set.");
        }
        if (session.getUserId().isEmpty()) {
            throw RpcException.invalidField("session.user_id", "Required field is not set.");
        }
        if (!request.getSessionId().isEmpty() && !SessionName.isValidId(request.getSessionId())) {
            throw RpcException.invalidField(
                    "session_id",
                    "Session ID can have up to 63 characters, and valid characters are [a-z0-9-]. The first and last"
                            + " characters must be a letter or number.");
        }
        checkLabels(session.getLabelsMap());
        expireTime(session, now, now);
    }

    static void check(AppendEventRequest request) {
        List<FieldViolation> violations = new ArrayList<>();
        if (!request.hasEvent()) {
            violations.add(unset("event"));
        } else {
            if (request.getEvent().getAuthor().isEmpty()) {
                violations.add(unset("event.author"));
            }
            if (request.getEvent().getInvocationId().isEmpty()) {
                violations.add(unset("event.invocation_id"));
            }
            if (!request.getEvent().hasTimestamp()) {
                violations.add(unset("event.timestamp"));
            }
        }
        if (!violations.isEmpty()) {
            throw RpcException.invalidFields(violations);
        }
        if (!Timestamps.isValid(request.getEvent().getTimestamp())) {
            throw RpcException.invalidField("event.timestamp", "Invalid timestamp.");
        }
    }

    /** Reads the fields that the mask names, or, without a mask, those that are set. */
    static SessionUpdate update(UpdateSessionRequest request, StoredSession current, Instant now) {
        Session given = request.getSession();
        Set<String> fields = updatedFields(request);
        if (fields.contains("labels")) {
            checkLabels(given.getLabelsMap());
        }
        if (fields.contains("user_id") && !given.getUserId().equals(current.userId())) {
            throw RpcException.invalidField("session.user_id", "Field is immutable.");
        }
        Instant created = ServerTime.instant(current.createMicros());
        return new SessionUpdate(
                onlyIf(fields.contains("display_name"), given.getDisplayName()),
                onlyIf(fields.contains("labels"), given.getLabelsMap()),
                onlyIf(fields.contains("session_state"), given.getSessionState()),
                fields.contains("expiration") ? expireTime(given, now, created) : Optional.empty());
    }

    /**
     * Reads when a session is to expire, if that is given.
     *
     * @param now where a time to live starts
     * @param created what the least life is counted from
     */
    static Optional<Instant> expireTime(Session given, Instant now, Instant created) {
        switch (given.getExpirationCase()) {
            case TTL -> {
                if (!Durations.isValid(given.getTtl())) {
                    throw RpcException.invalidField("session.ttl", "Invalid duration.");
                }
                Duration ttl = Duration.ofSeconds(
                        given.getTtl().getSeconds(), given.getTtl().getNanos());
                if (ttl.compareTo(SHORTEST_LIFE) < 0) {
                    throw RpcException.invalidField("session.ttl", "The minimum value is 24 hours.");
                }
                return Optional.of(now.plus(ttl));
            }
            case EXPIRE_TIME -> {
                if (!Timestamps.isValid(given.getExpireTime())) {
                    throw RpcException.invalidField("session.expire_time", "Invalid timestamp.");
                }
                Instant expireTime = ServerTime.instant(given.getExpireTime());
                if (expireTime.isBefore(created.plus(SHORTEST_LIFE))) {
                    throw RpcException.invalidField(
                            "session.expire_time", "The minimum value is 24 hours from the time of creation.");
                }
                return Optional.of(expireTime);
            }
            default -> {
                return Optional.empty();
            }
        }
    }

    private static Set<String> updatedFields(UpdateSessionRequest request) {
        Session given = request.getSession();
        Set<String> fields = new LinkedHashSet<>();
        if (request.getUpdateMask().getPathsCount() == 0) {
            addIf(!given.getDisplayName().isEmpty(), "display_name", fields);
            addIf(given.getLabelsCount() > 0, "labels", fields);
            addIf(given.hasSessionState(), "session_state", fields);
            addIf(given.hasExpireTime() || given.hasTtl(), "expiration", fields);
            addIf(!given.getUserId().isEmpty(), "user_id", fields);
            return fields;
        }
        for (String path : request.getUpdateMask().getPathsList()) {
            switch (path) {
                case "*" -> fields.addAll(ALL_FIELDS);
                case "display_name", "labels", "session_state", "user_id" -> fields.add(path);
                case "expire_time", "ttl", "expiration" -> fields.add("expiration");
                default -> throw RpcException.invalidField("update_mask", "Field cannot be updated: " + path + ".");
            }
        }
        return fields;
    }

    private static void addIf(boolean condition, String field, Set<String> fields) {
        if (condition) {
            fields.add(field);
        }
    }

    private static <T> Optional<T> onlyIf(boolean condition, T value) {
        return condition ? Optional.of(value) : Optional.empty();
    }

    private static void checkLabels(Map<String, String> labels) {
        labels.forEach((key, value) -> {
            if (key.isEmpty() || !isLabel(key) || !isLabel(value)) {
                throw RpcException.invalidField(
                        "session.labels",
                        "Label keys and values can be no longer than 64 characters, can only contain lowercase letters,"
                                + " numeric characters, underscores and dashes.");
            }
        });
    }

    private static boolean isLabel(String text) {
        return text.codePointCount(0, text.length()) <= LONGEST_LABEL
                && LABEL.matcher(text).matches()
                && text.codePoints().noneMatch(c -> Character.isUpperCase(c) || Character.isTitleCase(c));
    }

    private static FieldViolation unset(String field) {
        return FieldViolation.newBuilder()
                .setField(field)
                .setDescription("Required field is not set.")
                .build();
    }
}
