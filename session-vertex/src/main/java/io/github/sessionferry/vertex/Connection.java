package io.github.sessionferry.vertex;

import com.google.api.gax.core.NoCredentialsProvider;
import com.google.api.gax.grpc.InstantiatingGrpcChannelProvider;
import com.google.cloud.aiplatform.v1.SessionServiceClient;
import com.google.cloud.aiplatform.v1.SessionServiceSettings;
import io.github.sessionferry.core.SessionErrorCode;
import io.github.sessionferry.core.SessionException;
import java.io.IOException;

/** Connects to the service, leaving retries to us: what may be tried again depends on what the call does. */
final class Connection {

    private Connection() {}

    static SessionServiceClient open(String endpoint, boolean plaintext) {
        InstantiatingGrpcChannelProvider.Builder channel = SessionServiceSettings.defaultGrpcTransportProviderBuilder()
                .setEndpoint(endpoint)
                .setChannelConfigurator(builder -> {
                    // An answer only completes a future, so it need not change threads for that.
                    builder.disableRetry().directExecutor();
                    return plaintext ? builder.usePlaintext() : builder;
                });
        SessionServiceSettings.Builder settings =
                SessionServiceSettings.newBuilder().setEndpoint(endpoint).setTransportChannelProvider(channel.build());
        if (plaintext) {
            settings.setCredentialsProvider(NoCredentialsProvider.create());
        }
        try {
            return SessionServiceClient.create(settings.build());
        } catch (IOException e) {
            throw new SessionException(
                    SessionErrorCode.UNAUTHENTICATED,
                    "no connection to " + endpoint + "; set up Application Default Credentials:"
                            + " gcloud auth application-default login",
                    e);
        }
    }
}
