package io.github.sessionferry.testkit.agentengine;

import com.google.longrunning.OperationsProto;
import com.google.protobuf.Any;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Empty;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.TypeRegistry;
import com.google.rpc.ErrorDetailsProto;
import com.google.rpc.Status;

/** The messages that recordings are made of. */
final class Protos {
    static final TypeRegistry REGISTRY = TypeRegistry.newBuilder()
            .add(com.google.cloud.aiplatform.v1.SessionServiceProto.getDescriptor()
                    .getMessageTypes())
            .add(com.google.cloud.aiplatform.v1.SessionProto.getDescriptor().getMessageTypes())
            .add(com.google.cloud.aiplatform.v1.OperationProto.getDescriptor().getMessageTypes())
            .add(com.google.cloud.aiplatform.v1beta1.SessionServiceProto.getDescriptor()
                    .getMessageTypes())
            .add(com.google.cloud.aiplatform.v1beta1.SessionProto.getDescriptor()
                    .getMessageTypes())
            .add(com.google.cloud.aiplatform.v1beta1.OperationProto.getDescriptor()
                    .getMessageTypes())
            .add(OperationsProto.getDescriptor().getMessageTypes())
            .add(ErrorDetailsProto.getDescriptor().getMessageTypes())
            .add(Status.getDescriptor())
            .add(Empty.getDescriptor())
            .build();

    private Protos() {}

    static <M extends Message> M unpack(Any any, M type) {
        try {
            @SuppressWarnings("unchecked")
            M message = (M) type.getParserForType().parseFrom(any.getValue());
            return message;
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException("not a message of its type", e);
        }
    }

    static DynamicMessage unpack(Any any) {
        try {
            Descriptor type = REGISTRY.getDescriptorForTypeUrl(any.getTypeUrl());
            if (type == null) {
                throw new IllegalArgumentException("unknown type " + any.getTypeUrl());
            }
            return DynamicMessage.parseFrom(type, any.getValue());
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException("not a message of its type", e);
        }
    }
}
