package io.github.sessionferry.vertex;

import com.google.cloud.aiplatform.v1.Session;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SessionSummary;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A session as the engine has it, with what our labels say of it. Immutable. */
final class EngineSession {

    private final Session resource;
    private final SessionLabels labels;
    private final SessionKey key;

    private EngineSession(Session resource, SessionLabels labels, SessionKey key) {
        this.resource = resource;
        this.labels = labels;
        this.key = key;
    }

    /** @throws IllegalArgumentException if the labels cannot be understood; the message holds no content */
    static EngineSession read(Session resource, String defaultApp) {
        SessionLabels labels = SessionLabels.read(resource);
        String engineId = EngineIds.lastSegment(resource.getName());
        SessionKey key = new SessionKey(
                labels.appName() == null ? defaultApp : labels.appName(),
                resource.getUserId(),
                labels.sessionId() == null ? engineId : labels.sessionId());
        return new EngineSession(resource, labels, key);
    }

    Session resource() {
        return resource;
    }

    String engineId() {
        return EngineIds.lastSegment(resource.getName());
    }

    SessionLabels labels() {
        return labels;
    }

    SessionKey key() {
        return key;
    }

    /** Another one after every change of the session. */
    String revision() {
        return resource.getUpdateTime().getSeconds() + "."
                + resource.getUpdateTime().getNanos();
    }

    /** What readers see, shared state included. */
    Map<String, @Nullable Object> state() {
        return StateCodec.decodeState(resource.getSessionState());
    }

    Map<String, @Nullable Object> fields() {
        return StateCodec.decodeFields(resource.getSessionState());
    }

    /** When the session was created; {@code null} if it was imported and its source did not know. */
    @Nullable
    Instant createTime() {
        boolean imported = labels.updateTime() != null;
        return labels.createTime() == null && !imported ? Times.instant(resource.getCreateTime()) : labels.createTime();
    }

    /** When the session last changed, its newest events not counted if our labels tell a time. */
    Instant updateTime() {
        return labels.updateTime() == null ? Times.instant(resource.getUpdateTime()) : labels.updateTime();
    }

    /** Whether the session has outlived the time that it was given, which may be sooner than the service allows. */
    boolean isExpired(Instant now) {
        return labels.expireTime() != null && !now.isBefore(labels.expireTime());
    }

    SessionSummary summary() {
        return new SessionSummary(key, updateTime());
    }
}
