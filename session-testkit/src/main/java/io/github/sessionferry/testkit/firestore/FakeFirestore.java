package io.github.sessionferry.testkit.firestore;

import static java.util.Objects.requireNonNull;

import io.github.sessionferry.testkit.grpc.GrpcFaults;
import io.github.sessionferry.testkit.grpc.LoopbackServer;
import java.time.Clock;
import java.util.List;

/**
 * A Firestore in this process: a plaintext gRPC server of {@code google.firestore.v1.Firestore} on the loopback
 * interface, for tests, benchmarks and demonstrations with the real clients.
 *
 * <p>Holds any number of projects and databases in memory; each exists, empty, as soon as a request names it. Answers
 * GetDocument, BatchGetDocuments, Commit, BatchWrite, BeginTransaction, Rollback, RunQuery, RunAggregationQuery,
 * ListDocuments, ListCollectionIds and PartitionQuery; every other RPC, vector search and listings by another order
 * than the name are UNIMPLEMENTED. It refuses what the service refuses: reserved ids, nested arrays, maps over 20
 * levels, documents over 1 MiB, messages over 4 MiB, more than 500 writes in a BatchWrite. It needs no indexes.
 *
 * <p>Commits are atomic, one after the other, at times that strictly increase. A transaction reads the state of its
 * first read, and its commit is ABORTED if any document or query result that it read has changed since; a transaction
 * never waits for another. A read time is honoured back to ten seconds before the last commit, or to the oldest open
 * transaction, and refused with FAILED_PRECONDITION before that.
 *
 * <pre>{@code
 * try (FakeFirestore fake = FakeFirestore.start()) {
 *     Firestore client = FirestoreOptions.newBuilder()
 *             .setProjectId("test").setEmulatorHost(fake.endpoint()).build().getService();
 * }
 * }</pre>
 *
 * <p>Thread-safe.
 *
 * @since 0.1
 */
public final class FakeFirestore implements AutoCloseable {
    private static final int LARGEST_MESSAGE = 4 << 20;

    private final LoopbackServer server;
    private final GrpcFaults faults;

    private FakeFirestore(LoopbackServer server, GrpcFaults faults) {
        this.server = server;
        this.faults = faults;
    }

    /**
     * Starts an empty Firestore on a free port, with the system's clock and no faults.
     *
     * @return the running server; close it
     * @since 0.1
     */
    public static FakeFirestore start() {
        return builder().start();
    }

    /**
     * Begins a configuration.
     *
     * @return a new builder
     * @since 0.1
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Returns the address that clients dial, in plaintext: the value for {@code setEmulatorHost}.
     *
     * @return host and port
     * @since 0.1
     */
    public String endpoint() {
        return server.endpoint();
    }

    /**
     * Returns the faults of this server, which also count its calls by method, as in {@code faults().calls("Commit")}.
     *
     * @return the faults given to the builder, else an instance of this server's own
     * @since 0.1
     */
    public GrpcFaults faults() {
        return faults;
    }

    /**
     * Stops the server and forgets all data; calls under way fail on the client. Closing again does nothing.
     *
     * @since 0.1
     */
    @Override
    public void close() {
        server.close();
    }

    /**
     * What a {@link FakeFirestore} is started with. Not thread-safe.
     *
     * @since 0.1
     */
    public static final class Builder {
        private Clock clock = Clock.systemUTC();
        private GrpcFaults faults = GrpcFaults.none();
        private int port;

        private Builder() {}

        /**
         * Sets where commit and read times come from. While the clock stands still or goes back, commit times advance
         * by a microsecond each.
         *
         * @param clock the clock; the system's by default
         * @return this
         * @since 0.1
         */
        public Builder clock(Clock clock) {
            this.clock = requireNonNull(clock, "clock");
            return this;
        }

        /**
         * Sets what makes the server misbehave.
         *
         * @param faults rules may be added to it while the server runs; without rules by default
         * @return this
         * @since 0.1
         */
        public Builder faults(GrpcFaults faults) {
            this.faults = requireNonNull(faults, "faults");
            return this;
        }

        /**
         * Sets where to listen.
         *
         * @param port 0 to 65535; 0, the default, picks a free port
         * @return this
         * @throws IllegalArgumentException if out of range
         * @since 0.1
         */
        public Builder port(int port) {
            if (port < 0 || port > 65_535) {
                throw new IllegalArgumentException("port must be from 0 to 65535, was " + port);
            }
            this.port = port;
            return this;
        }

        /**
         * Starts the server.
         *
         * @return the running server; close it
         * @throws java.io.UncheckedIOException if the port cannot be listened on
         * @since 0.1
         */
        public FakeFirestore start() {
            LoopbackServer server =
                    LoopbackServer.start(port, LARGEST_MESSAGE, List.of(new FirestoreService(clock)), List.of(faults));
            return new FakeFirestore(server, faults);
        }
    }
}
