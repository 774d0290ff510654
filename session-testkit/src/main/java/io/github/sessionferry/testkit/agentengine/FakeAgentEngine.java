package io.github.sessionferry.testkit.agentengine;

import static java.util.Objects.requireNonNull;

import com.google.protobuf.Struct;
import io.github.sessionferry.testkit.grpc.GrpcFaults;
import io.github.sessionferry.testkit.grpc.LoopbackServer;
import java.time.Clock;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Agent Engine Sessions in this process: a gRPC server of {@code SessionService} (v1 and v1beta1) and of long-running
 * operations that behaves as the real service was recorded to. On demand it serves REST as well.
 *
 * <pre>{@code
 * try (FakeAgentEngine engine = FakeAgentEngine.builder().start()) {
 *     // dial engine.endpoint() in plaintext, without credentials
 * }
 * }</pre>
 *
 * <p>Everything is kept in memory. Any reasoning engine exists and is empty, unless the engines are named. Requests may
 * write a project's id or its number; answers carry the number. All the server's times come from the clock, in
 * microseconds, and no two of them are equal. Listens on the loopback interface only. Thread-safe.
 *
 * @since 0.1
 */
public final class FakeAgentEngine implements AutoCloseable {
    private final AgentEngine engine;
    private final GrpcFaults faults;
    private final LoopbackServer server;
    private final Optional<RestServer> rest;

    private FakeAgentEngine(Builder builder) {
        this.engine = new AgentEngine(builder.clock, builder.operations, builder.quotas, builder.known);
        this.faults = builder.faults;
        this.server = LoopbackServer.start(
                builder.port,
                builder.maxRequestBytes,
                List.of(new SessionsV1(engine), new SessionsV1Beta1(engine), new OperationsService(engine)),
                List.of(faults));
        try {
            this.rest = builder.restPort.isPresent()
                    ? Optional.of(
                            RestServer.start(builder.restPort.getAsInt(), builder.maxRequestBytes, server.endpoint()))
                    : Optional.empty();
        } catch (RuntimeException e) {
            server.close();
            throw e;
        }
    }

    /**
     * Starts to configure a server.
     *
     * @return a builder with the defaults
     * @since 0.1
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Returns the address to dial, in plaintext.
     *
     * @return host and port
     * @since 0.1
     */
    public String endpoint() {
        return server.endpoint();
    }

    /**
     * Returns the port that the server listens on.
     *
     * @return the port
     * @since 0.1
     */
    public int port() {
        return server.port();
    }

    /**
     * Returns the address of the REST API, to which a client adds {@code /v1/…} or {@code /v1beta1/…}.
     *
     * @return scheme, host and port
     * @throws IllegalStateException if {@link Builder#restPort} was not called
     * @since 0.1
     */
    public String restEndpoint() {
        return rest.orElseThrow(() -> new IllegalStateException("REST is not served; call restPort before start"))
                .endpoint();
    }

    /**
     * Returns the faults and call counts of the server.
     *
     * @return the instance that the builder was given, or one without rules
     * @since 0.1
     */
    public GrpcFaults faults() {
        return faults;
    }

    /**
     * Counts the calls of a method that arrived, in both versions of the API together.
     *
     * @param method the bare name, such as {@code AppendEvent}
     * @return the number of calls so far, refused ones included
     * @since 0.1
     */
    public long calls(String method) {
        return faults.calls(method);
    }

    /**
     * Chooses how sessions created from now on become visible.
     *
     * @param mode the mode
     * @since 0.1
     */
    public void setOperations(OperationMode mode) {
        engine.setMode(requireNonNull(mode, "mode"));
    }

    /**
     * Changes the quotas; what was spent in the current minute stays spent.
     *
     * @param quotas the quotas from now on
     * @since 0.1
     */
    public void setQuotas(Quotas quotas) {
        engine.setQuotas(requireNonNull(quotas, "quotas"));
    }

    /**
     * Puts shared state into an engine as if sessions before had left it there.
     *
     * @param reasoningEngine {@code projects/P/locations/L/reasoningEngines/E}
     * @param userId whose sessions see the {@code user:} keys
     * @param state keys with their prefixes {@code app:} or {@code user:}
     * @throws IllegalArgumentException if the name is not one of an engine, or a key has another prefix
     * @since 0.1
     */
    public void seedSharedState(String reasoningEngine, String userId, Struct state) {
        requireNonNull(userId, "userId");
        state.getFieldsMap().keySet().forEach(FakeAgentEngine::checkShared);
        stateOf(reasoningEngine).shared().merge(userId, state, new HashMap<>());
    }

    /**
     * Counts the sessions of an engine that have not expired, those not readable yet included.
     *
     * @param reasoningEngine {@code projects/P/locations/L/reasoningEngines/E}
     * @return how many sessions
     * @throws IllegalArgumentException if the name is not one of an engine
     * @since 0.1
     */
    public int sessionCount(String reasoningEngine) {
        return stateOf(reasoningEngine).sessionCount();
    }

    /**
     * Counts the events of all sessions of an engine that have not expired.
     *
     * @param reasoningEngine {@code projects/P/locations/L/reasoningEngines/E}
     * @return how many events
     * @throws IllegalArgumentException if the name is not one of an engine
     * @since 0.1
     */
    public long eventCount(String reasoningEngine) {
        return stateOf(reasoningEngine).eventCount();
    }

    /**
     * Stops the server and forgets everything; calls under way fail. Closing again does nothing.
     *
     * @since 0.1
     */
    @Override
    public void close() {
        rest.ifPresent(RestServer::close);
        server.close();
    }

    private EngineState stateOf(String reasoningEngine) {
        return engine.stateOf(engineName(reasoningEngine));
    }

    private static EngineName engineName(String reasoningEngine) {
        return EngineName.parse(reasoningEngine)
                .orElseThrow(() -> new IllegalArgumentException(
                        "not the name of a reasoning engine, projects/P/locations/L/reasoningEngines/E: "
                                + reasoningEngine));
    }

    private static void checkShared(String key) {
        if (!key.startsWith(SharedState.APP_PREFIX) && !key.startsWith(SharedState.USER_PREFIX)) {
            throw new IllegalArgumentException("not a shared key; start it with app: or user:");
        }
    }

    /**
     * Configures a server. Not thread-safe.
     *
     * @since 0.1
     */
    public static final class Builder {
        private InstantSource clock = Clock.systemUTC();
        private OperationMode operations = OperationMode.DONE_AT_ONCE;
        private Quotas quotas = Quotas.unlimited();
        private GrpcFaults faults = GrpcFaults.none();
        private Optional<Set<EngineName>> known = Optional.empty();
        private int port;
        private OptionalInt restPort = OptionalInt.empty();
        private int maxRequestBytes = 10 * 1024 * 1024;

        private Builder() {}

        /**
         * Sets where the server takes its time from: create and update times, expiry, quotas.
         *
         * @param clock the clock; the system's by default
         * @return this
         * @since 0.1
         */
        public Builder clock(InstantSource clock) {
            this.clock = requireNonNull(clock, "clock");
            return this;
        }

        /**
         * Sets how created sessions become visible.
         *
         * @param mode the mode; {@link OperationMode#DONE_AT_ONCE} by default
         * @return this
         * @since 0.1
         */
        public Builder operations(OperationMode mode) {
            this.operations = requireNonNull(mode, "mode");
            return this;
        }

        /**
         * Sets the quotas.
         *
         * @param quotas the quotas; {@link Quotas#unlimited()} by default
         * @return this
         * @since 0.1
         */
        public Builder quotas(Quotas quotas) {
            this.quotas = requireNonNull(quotas, "quotas");
            return this;
        }

        /**
         * Sets the faults, which can be changed while the server runs.
         *
         * @param faults the faults; {@link GrpcFaults#none()} by default
         * @return this
         * @since 0.1
         */
        public Builder faults(GrpcFaults faults) {
            this.faults = requireNonNull(faults, "faults");
            return this;
        }

        /**
         * Names the only engines that exist: every other one is answered NOT_FOUND. By default any engine exists.
         *
         * @param reasoningEngines each {@code projects/P/locations/L/reasoningEngines/E}
         * @return this
         * @throws IllegalArgumentException if one is not the name of an engine
         * @since 0.1
         */
        public Builder onlyEngines(String... reasoningEngines) {
            Set<EngineName> names = new HashSet<>();
            for (String reasoningEngine : reasoningEngines) {
                names.add(engineName(reasoningEngine));
            }
            this.known = Optional.of(names);
            return this;
        }

        /**
         * Sets where to listen.
         *
         * @param port the port; 0, the default, picks a free one
         * @return this
         * @throws IllegalArgumentException if outside 0 to 65535
         * @since 0.1
         */
        public Builder port(int port) {
            this.port = requirePort("port", port);
            return this;
        }

        /**
         * Serves the REST API too, in both versions and in the form of the real service: its JSON, its errors, and
         * refusing names that it does not know. Each request becomes a call over gRPC, so that faults, quotas and counts
         * are the same for both.
         *
         * @param port where to listen, on the loopback interface; 0 picks a free port
         * @return this
         * @throws IllegalArgumentException if outside 0 to 65535
         * @since 0.1
         */
        public Builder restPort(int port) {
            this.restPort = OptionalInt.of(requirePort("restPort", port));
            return this;
        }

        private static int requirePort(String name, int port) {
            if (port < 0 || port > 65_535) {
                throw new IllegalArgumentException(name + " must be from 0 to 65535, was " + port);
            }
            return port;
        }

        /**
         * Sets the largest request that is accepted.
         *
         * @param bytes the size; positive, 10 MiB by default
         * @return this
         * @throws IllegalArgumentException if not positive
         * @since 0.1
         */
        public Builder maxRequestBytes(int bytes) {
            if (bytes < 1) {
                throw new IllegalArgumentException("maxRequestBytes must be positive, was " + bytes);
            }
            this.maxRequestBytes = bytes;
            return this;
        }

        /**
         * Starts a server.
         *
         * @return the running server; close it
         * @throws java.io.UncheckedIOException if the port cannot be listened on
         * @since 0.1
         */
        public FakeAgentEngine start() {
            return new FakeAgentEngine(this);
        }
    }
}
