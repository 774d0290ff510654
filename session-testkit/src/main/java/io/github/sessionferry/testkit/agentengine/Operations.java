package io.github.sessionferry.testkit.agentengine;

import com.google.cloud.aiplatform.v1.GenericOperationMetadata;
import com.google.longrunning.Operation;
import com.google.protobuf.Any;
import com.google.protobuf.Timestamp;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/** The newest long-running operations, to be asked for by name. */
final class Operations {
    private static final int KEPT = 10_000;

    private final Map<String, Supplier<Operation>> byName = Collections.synchronizedMap(new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Supplier<Operation>> eldest) {
            return size() > KEPT;
        }
    });

    void put(String name, Supplier<Operation> operation) {
        byName.put(name, operation);
    }

    /** @throws RpcException NOT_FOUND if there is no such operation, or too many came after it */
    Operation get(String name) {
        Supplier<Operation> operation = byName.get(EngineName.withProjectNumber(name));
        if (operation == null) {
            throw RpcException.notFound("Operation " + name + " not found.");
        }
        return operation.get();
    }

    static Operation running(String name, Any metadata) {
        return Operation.newBuilder().setName(name).setMetadata(metadata).build();
    }

    static Operation done(String name, Any metadata, Any response) {
        return Operation.newBuilder()
                .setName(name)
                .setMetadata(metadata)
                .setDone(true)
                .setResponse(response)
                .build();
    }

    static GenericOperationMetadata metadata(long createMicros, long updateMicros) {
        Timestamp created = ServerTime.timestamp(createMicros);
        return GenericOperationMetadata.newBuilder()
                .setCreateTime(created)
                .setUpdateTime(ServerTime.timestamp(updateMicros))
                .build();
    }
}
