package io.github.sessionferry.vertex;

import com.google.cloud.aiplatform.v1.Session;
import io.github.sessionferry.core.SessionEvent;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.codec.DerivedId;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a session has and the resource has no field for, kept in its labels: the application, the original id where it
 * differs, times, and which event is the last of those that were promised.
 *
 * @param sessionId the original id; {@code null} if it is the engine's
 * @param appName the application; {@code null} if another client created the session
 * @param createTime when the session was created; {@code null} for the resource's own time, or an unknown
 *     one if there is an update time
 * @param updateTime when it last changed, not counting later events; {@code null} for the resource's own time
 * @param expireTime when it is to expire; {@code null} for the service's rule
 * @param lastEvent the event that was to be appended last; {@code null} if none was promised
 * @param nonce what the call that created the session made up; {@code null} if another client created it
 * @param scratch whether it only serves to reach shared state
 */
record SessionLabels(
        @Nullable String sessionId,
        @Nullable String appName,
        @Nullable Instant createTime,
        @Nullable Instant updateTime,
        @Nullable Instant expireTime,
        @Nullable PromisedEvent lastEvent,
        @Nullable String nonce,
        boolean scratch) {

    private static final int MOST = 64;
    private static final String PREFIX = "sf-";
    private static final String ID = PREFIX + "id";
    private static final String APP = PREFIX + "app";
    private static final String CREATED = PREFIX + "created";
    private static final String UPDATED = PREFIX + "updated";
    private static final String EXPIRES = PREFIX + "expires";
    private static final String LAST_EVENT = PREFIX + "last-event";
    private static final String LAST_TIME = PREFIX + "last-time";
    private static final String NONCE = PREFIX + "nonce";
    private static final String KIND = PREFIX + "kind";
    private static final String SCRATCH = "scratch";

    /**
     * An event, named shortly: the session is whole once it has it, for it is appended last.
     *
     * @param shortId its id, derived
     * @param time its timestamp
     */
    record PromisedEvent(String shortId, Instant time) {

        static PromisedEvent of(SessionEvent event) {
            return new PromisedEvent(DerivedId.of(event.id()), event.timestamp());
        }

        boolean is(SessionEvent event) {
            return time.equals(event.timestamp()) && equals(of(event));
        }
    }

    /** The labels of a session that begins now under one of its ids. */
    static SessionLabels begin(SessionKey key, String engineId) {
        return new SessionLabels(
                key.sessionId().equals(engineId) ? null : key.sessionId(),
                key.appName(),
                null,
                null,
                null,
                null,
                UUID.randomUUID().toString(),
                false);
    }

    SessionLabels withTimes(@Nullable Instant createTime, Instant updateTime, @Nullable Instant expireTime) {
        return new SessionLabels(sessionId, appName, createTime, updateTime, expireTime, lastEvent, nonce, scratch);
    }

    SessionLabels withLastEvent(@Nullable PromisedEvent event) {
        return new SessionLabels(sessionId, appName, createTime, updateTime, expireTime, event, nonce, scratch);
    }

    SessionLabels asScratch() {
        return new SessionLabels(sessionId, appName, createTime, updateTime, expireTime, lastEvent, nonce, true);
    }

    /** @throws IllegalArgumentException if a label of ours does not hold what it should */
    static SessionLabels read(Session session) {
        Map<String, String> labels = session.getLabelsMap();
        String lastEvent = labels.get(LAST_EVENT);
        Instant lastTime = time(labels, LAST_TIME);
        return new SessionLabels(
                LabelText.get(labels, ID),
                LabelText.get(labels, APP),
                time(labels, CREATED),
                time(labels, UPDATED),
                time(labels, EXPIRES),
                lastEvent == null || lastTime == null ? null : new PromisedEvent(lastEvent, lastTime),
                labels.get(NONCE),
                SCRATCH.equals(labels.get(KIND)));
    }

    /**
     * Writes the labels.
     *
     * @param others labels that other clients put there, which stay
     * @throws IllegalArgumentException if they are too many
     */
    Map<String, String> write(Map<String, String> others) {
        Map<String, String> labels = new LinkedHashMap<>();
        others.forEach((name, value) -> {
            if (!name.startsWith(PREFIX)) {
                labels.put(name, value);
            }
        });
        if (sessionId != null) {
            LabelText.put(labels, ID, sessionId);
        }
        if (appName != null) {
            LabelText.put(labels, APP, appName);
        }
        putTime(labels, CREATED, createTime);
        putTime(labels, UPDATED, updateTime);
        putTime(labels, EXPIRES, expireTime);
        if (lastEvent != null) {
            labels.put(LAST_EVENT, lastEvent.shortId());
            putTime(labels, LAST_TIME, lastEvent.time());
        }
        if (nonce != null) {
            labels.put(NONCE, nonce);
        }
        if (scratch) {
            labels.put(KIND, SCRATCH);
        }
        if (labels.size() > MOST) {
            throw new IllegalArgumentException(
                    "the session's id and its application's name are too long for the engine's labels;"
                            + " shorten them to about 1,000 characters together");
        }
        return labels;
    }

    private static void putTime(Map<String, String> labels, String name, @Nullable Instant time) {
        if (time != null) {
            labels.put(name, Long.toString(ChronoUnit.MICROS.between(Instant.EPOCH, time)));
        }
    }

    private static @Nullable Instant time(Map<String, String> labels, String name) {
        String micros = labels.get(name);
        try {
            return micros == null ? null : Instant.EPOCH.plus(Long.parseLong(micros), ChronoUnit.MICROS);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("its label " + name + " holds no microseconds since 1970", e);
        }
    }
}
