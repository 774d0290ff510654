package io.github.sessionferry.testkit.agentengine;

import com.google.protobuf.Any;
import com.google.protobuf.Message;

/** The two versions of the API. Their messages are the same on the wire and differ only in the name of the package. */
enum ApiVersion {
    V1("google.cloud.aiplatform.v1."),
    V1BETA1("google.cloud.aiplatform.v1beta1.");

    private final String protoPackage;

    ApiVersion(String protoPackage) {
        this.protoPackage = protoPackage;
    }

    /** Packs a message of v1 as the message of this version. */
    Any pack(Message v1) {
        return Any.newBuilder()
                .setTypeUrl("type.googleapis.com/" + protoPackage
                        + v1.getDescriptorForType().getName())
                .setValue(v1.toByteString())
                .build();
    }
}
