package io.github.sessionferry.testkit.agentengine;

import com.google.cloud.aiplatform.v1.CreateSessionOperationMetadata;
import com.google.cloud.aiplatform.v1.Session;
import com.google.longrunning.Operation;
import com.google.protobuf.Any;
import com.google.protobuf.Struct;

/** The long-running operation that creates one session. Its copy of the session is not the stored one: it has the state
 * as it was given, times of its own, and no expiry. */
final class Creation {
    private final StoredSession session;
    private final Session given;
    private final ApiVersion version;
    private final String name;

    Creation(StoredSession session, Session given, ApiVersion version, long operationId) {
        this.session = session;
        this.given = given;
        this.version = version;
        this.name = session.name() + "/operations/" + operationId;
    }

    Operation running() {
        return Operations.running(name, metadata(session.createMicros(), session.createMicros()));
    }

    /** Counts as a look at the session. */
    Operation look() {
        if (!session.look()) {
            return running();
        }
        long micros = session.createMicros();
        return Operations.done(name, metadata(micros, session.updateMicros()), response(micros));
    }

    Operation done(long sessionMicros, long operationMicros) {
        return Operations.done(name, metadata(operationMicros, operationMicros), response(sessionMicros));
    }

    private Any metadata(long createMicros, long updateMicros) {
        return version.pack(CreateSessionOperationMetadata.newBuilder()
                .setGenericMetadata(Operations.metadata(createMicros, updateMicros))
                .build());
    }

    private Any response(long micros) {
        Session.Builder response = Session.newBuilder()
                .setName(session.name().toString())
                .setCreateTime(ServerTime.timestamp(micros))
                .setUpdateTime(ServerTime.timestamp(micros))
                .setUserId(given.getUserId())
                .setDisplayName(given.getDisplayName())
                .putAllLabels(given.getLabelsMap());
        if (given.hasSessionState()) {
            response.setSessionState(withoutTemporary(given.getSessionState()));
        }
        return version.pack(response.build());
    }

    private static Struct withoutTemporary(Struct state) {
        Struct.Builder kept = Struct.newBuilder();
        state.getFieldsMap().forEach((key, value) -> {
            if (!key.startsWith(SharedState.TEMP_PREFIX)) {
                kept.putFields(key, value);
            }
        });
        return kept.build();
    }
}
