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
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A plaintext gRPC server on the loopback interface only.
 *
 * <p>Each call runs on a thread of its own, virtual where the JVM has them, so that calls that wait do not keep others
 * from being served. Thread-safe.
 *
 * @since 0.1
 */
public final class LoopbackServer implements AutoCloseable {
    private final Server server;
    private final ExecutorService executor;

    private LoopbackServer(Server server, ExecutorService executor) {
        this.server = server;
        this.executor = executor;
    }

    /**
     * Starts a server.
     *
     * @param port where to listen; 0 picks a free port
     * @param maxInboundMessageBytes the largest request that is accepted; positive
     * @param services what the server answers
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
        ExecutorService executor = threadPerCall();
        NettyServerBuilder builder = NettyServerBuilder.forAddress(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
                .maxInboundMessageSize(maxInboundMessageBytes)
                .executor(executor);
        services.forEach(builder::addService);
        for (int i = interceptors.size() - 1; i >= 0; i--) {
            builder.intercept(interceptors.get(i));
        }
        try {
            return new LoopbackServer(builder.build().start(), executor);
        } catch (IOException e) {
            executor.shutdown();
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
        } finally {
            executor.shutdownNow();
        }
    }

    private static ExecutorService threadPerCall() {
        try {
            return (ExecutorService)
                    Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
        } catch (ReflectiveOperationException noVirtualThreads) {
            AtomicLong count = new AtomicLong();
            return Executors.newCachedThreadPool(task -> {
                Thread thread = new Thread(task, "grpc-loopback-" + count.incrementAndGet());
                thread.setDaemon(true);
                return thread;
            });
        }
    }
}
