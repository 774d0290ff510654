package io.github.sessionferry.testkit.grpc;

import static java.util.Objects.requireNonNull;

import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.ServerInterceptor;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A plaintext gRPC server on the loopback interface only.
 *
 * <p>Calls run on their connection's thread, which saves handing each over to another: services must not wait.
 * Thread-safe.
 *
 * @since 0.1
 */
public final class LoopbackServer implements AutoCloseable {
    private final Server server;

    private LoopbackServer(Server server) {
        this.server = server;
    }

    /**
     * Starts a server.
     *
     * @param port where to listen; 0 picks a free port
     * @param maxInboundMessageBytes the largest request that is accepted; positive
     * @param services what the server answers; none may wait while it serves a call
     * @param interceptors what each call passes through, the first one outermost
     * @return the running server; close it
     * @throws UncheckedIOException if the port cannot be listened on
     * @since 0.1
     */
    public static LoopbackServer start(
            int port,
            int maxInboundMessageBytes,
            List<? extends BindableService> services,
            List<? extends ServerInterceptor> interceptors) {
        requireNonNull(services, "services");
        NettyServerBuilder builder = NettyServerBuilder.forAddress(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
                .maxInboundMessageSize(maxInboundMessageBytes)
                .directExecutor();
        services.forEach(builder::addService);
        for (int i = interceptors.size() - 1; i >= 0; i--) {
            builder.intercept(interceptors.get(i));
        }
        try {
            return new LoopbackServer(builder.build().start());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot listen on 127.0.0.1:" + port + "; choose another port", e);
        }
    }

    /**
     * Returns the port that the server listens on.
     *
     * @return the port
     * @since 0.1
     */
    public int port() {
        return server.getPort();
    }

    /**
     * Returns the address that clients dial, in plaintext.
     *
     * @return host and port
     * @since 0.1
     */
    public String endpoint() {
        return "127.0.0.1:" + port();
    }

    /**
     * Stops at once; calls under way, also those that would never be answered, fail on the client. Closing again does
     * nothing.
     *
     * @since 0.1
     */
    @Override
    public void close() {
        server.shutdownNow();
        try {
            server.awaitTermination(5, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
