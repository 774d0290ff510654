package io.github.sessionferry.vertex;

import com.google.api.gax.rpc.ApiException;
import com.google.cloud.aiplatform.v1.AppendEventResponse;
import io.github.sessionferry.core.SessionEvent;
import io.github.sessionferry.core.SessionKey;
import java.util.Optional;

/** The append of one event: after a reply that did not come, the log is looked at before anything is tried again. */
record Append(AgentEngineClient client, EventLog log) {

    /** @throws ApiException if the service refused */
    void run(
            SessionKey key,
            String engineId,
            SessionEvent event,
            com.google.cloud.aiplatform.v1.SessionEvent converted,
            Deadline deadline) {
        AppendEventResponse unused = client.change(
                "AppendEvent",
                key,
                false,
                deadline,
                () -> client.append(engineId, converted, deadline),
                () -> log.contains(engineId, event)
                        ? Optional.of(AppendEventResponse.getDefaultInstance())
                        : Optional.empty());
    }
}
