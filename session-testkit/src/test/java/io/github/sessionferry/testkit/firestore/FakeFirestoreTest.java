package io.github.sessionferry.testkit.firestore;

import static io.github.sessionferry.testkit.firestore.Protos.integer;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.cloud.Timestamp;
import com.google.cloud.firestore.QueryDocumentSnapshot;
import com.google.cloud.firestore.QueryPartition;
import com.google.firestore.v1.BatchWriteRequest;
import com.google.firestore.v1.GetDocumentRequest;
import com.google.firestore.v1.RunQueryRequest;
import com.google.firestore.v1.StructuredQuery;
import com.google.firestore.v1.StructuredQuery.CollectionSelector;
import com.google.firestore.v1.TransactionOptions;
import com.google.firestore.v1.Value;
import com.google.protobuf.ByteString;
import io.github.sessionferry.testkit.grpc.GrpcFaults;
import io.grpc.Status;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The fake behaves as a Firestore, and in what the emulator cannot show as the real service does. */
class FakeFirestoreTest extends FirestoreBehaviour {
    private static FakeFirestore fake;

    @BeforeAll
    static void start() {
        fake = FakeFirestore.start();
    }

    @AfterAll
    static void stop() {
        fake.close();
    }

    @Override
    String endpoint() {
        return fake.endpoint();
    }

    @Test
    void transaction_documentReadChangedSince_isAborted() {
        raw().set("c/a", Map.of("n", integer(1)));
        ByteString transaction = begin(TransactionOptions.getDefaultInstance());
        read("c/a", transaction);
        raw().set("c/a", Map.of("n", integer(2)));

        assertThat(codeOf(() -> commit(transaction, raw().write("c/b", Map.of()))))
                .isEqualTo(Status.Code.ABORTED);
        assertThat(codeOf(() -> raw().get("c/b"))).isEqualTo(Status.Code.NOT_FOUND);
    }

    @Test
    void transaction_absentDocumentCreatedSince_isAborted() {
        ByteString transaction = begin(TransactionOptions.getDefaultInstance());
        codeOf(() -> read("c/a", transaction));
        raw().set("c/a", Map.of());

        assertThat(codeOf(() -> commit(transaction, raw().write("c/b", Map.of()))))
                .isEqualTo(Status.Code.ABORTED);
    }

    @Test
    void transaction_documentDeletedAndRecreatedSince_isAborted() {
        raw().set("c/a", Map.of("n", integer(1)));
        ByteString transaction = begin(TransactionOptions.getDefaultInstance());
        read("c/a", transaction);
        firestoreDelete("c/a");
        raw().set("c/a", Map.of("n", integer(1)));

        assertThat(codeOf(() -> commit(transaction, raw().write("c/b", Map.of()))))
                .isEqualTo(Status.Code.ABORTED);
    }

    @Test
    void transaction_documentAddedToQuerySince_isAborted() {
        ByteString transaction = begin(TransactionOptions.getDefaultInstance());
        count("c", transaction);
        raw().set("c/a", Map.of());

        assertThat(codeOf(() -> commit(transaction, raw().write("d/b", Map.of()))))
                .isEqualTo(Status.Code.ABORTED);
    }

    @Test
    void transaction_othersChangedSince_commits() {
        raw().set("c/a", Map.of("n", integer(1)));
        ByteString transaction = begin(TransactionOptions.getDefaultInstance());
        read("c/a", transaction);
        count("c", transaction);
        raw().set("d/a", Map.of("n", integer(2)));

        commit(transaction, raw().write("c/b", Map.of()));

        assertThat(raw().get("c/b").hasCreateTime()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void transaction_afterItsFirstRead_seesThatMoment(boolean readOnly) {
        raw().set("c/a", Map.of("n", integer(1)));
        raw().set("c/b", Map.of("n", integer(1)));
        ByteString transaction = begin(
                readOnly
                        ? TransactionOptions.newBuilder()
                                .setReadOnly(TransactionOptions.ReadOnly.getDefaultInstance())
                                .build()
                        : TransactionOptions.getDefaultInstance());
        read("c/a", transaction);
        raw().set("c/a", Map.of("n", integer(2)));
        raw().set("c/a", Map.of("n", integer(3)));
        firestoreDelete("c/b");
        raw().set("c/c", Map.of("n", integer(1)));

        assertThat(read("c/a", transaction)).isEqualTo(integer(1));
        assertThat(read("c/b", transaction)).isEqualTo(integer(1));
        assertThat(count("c", transaction)).isEqualTo(2);
        commit(transaction);
        assertThat(count("c", ByteString.EMPTY)).isEqualTo(2);
        assertThat(raw().get("c/a").getFieldsOrThrow("n")).isEqualTo(integer(3));
    }

    private Value read(String path, ByteString transaction) {
        return raw().stub()
                .getDocument(GetDocumentRequest.newBuilder()
                        .setName(raw().name(path))
                        .setTransaction(transaction)
                        .build())
                .getFieldsOrThrow("n");
    }

    private long count(String collection, ByteString transaction) {
        RunQueryRequest.Builder request = RunQueryRequest.newBuilder()
                .setParent(raw().root())
                .setStructuredQuery(StructuredQuery.newBuilder()
                        .addFrom(CollectionSelector.newBuilder().setCollectionId(collection)));
        if (!transaction.isEmpty()) {
            request.setTransaction(transaction);
        }
        long[] count = {0};
        raw().stub().runQuery(request.build()).forEachRemaining(response -> count[0] += response.hasDocument() ? 1 : 0);
        return count[0];
    }

    private void firestoreDelete(String path) {
        raw().commit(com.google.firestore.v1.Write.newBuilder()
                .setDelete(raw().name(path))
                .build());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 200})
    void partitions_ofAGroup_coverItOnce(int wanted) throws Exception {
        Set<String> written = new HashSet<>();
        for (int i = 0; i < 100; i++) {
            String path = "c/u%02d/sessions/s%d".formatted(i % 17, i);
            raw().set(path, Map.of());
            written.add(path);
        }

        List<QueryPartition> partitions =
                firestore().collectionGroup("sessions").getPartitions(wanted).get();
        List<String> seen = new ArrayList<>();
        for (QueryPartition partition : partitions) {
            for (QueryDocumentSnapshot document : partition.createQuery().get().get()) {
                seen.add(document.getReference().getPath());
            }
        }

        assertThat(seen).doesNotHaveDuplicates().containsExactlyInAnyOrderElementsOf(written);
        assertThat(partitions).hasSize(Math.min(wanted, 100));
    }

    @Test
    void batchWrite_over500_isInvalidArgument() {
        BatchWriteRequest.Builder request = BatchWriteRequest.newBuilder().setDatabase(raw().database());
        for (int i = 0; i < 501; i++) {
            request.addWrites(raw().write("c/" + i, Map.of()));
        }

        assertThat(codeOf(() -> raw().stub().batchWrite(request.build()))).isEqualTo(Status.Code.INVALID_ARGUMENT);
    }

    @Test
    void databases_ofSeveralNames_areApart() {
        try (RawFirestore other = new RawFirestore(endpoint(), "other")) {
            raw().set("c/a", Map.of());

            assertThat(other.collectionIds("")).isEmpty();
        }
    }

    @Test
    void start_clockThatStands_commitTimesStillGrow() throws Exception {
        Instant moment = Instant.parse("2026-01-02T03:04:05.678901Z");
        try (FakeFirestore standing = FakeFirestore.builder()
                        .clock(Clock.fixed(moment, ZoneOffset.UTC))
                        .start();
                RawFirestore client = new RawFirestore(standing.endpoint(), "p")) {
            var first = client.set("c/a", Map.of("n", integer(1))).getCommitTime();
            var second = client.set("c/a", Map.of("n", integer(2))).getCommitTime();

            assertThat(Timestamp.fromProto(first).toSqlTimestamp().toInstant()).isEqualTo(moment);
            assertThat(Micros.of(second) - Micros.of(first)).isEqualTo(1);
        }
    }

    @Test
    void faults_afterTheCommit_areAppliedAndCounted() {
        GrpcFaults faults = GrpcFaults.none();
        try (FakeFirestore failing = FakeFirestore.builder().faults(faults).start();
                RawFirestore client = new RawFirestore(failing.endpoint(), "p")) {
            faults.on("Commit").times(1).failAfter(Status.UNAVAILABLE);

            assertThat(codeOf(() -> client.set("c/a", Map.of()))).isEqualTo(Status.Code.UNAVAILABLE);
            assertThat(client.get("c/a").hasCreateTime()).isTrue();
            assertThat(failing.faults().calls("Commit")).isEqualTo(1);
        }
    }

    @Test
    void port_outOfRange_isRefused() {
        org.assertj.core.api.Assertions.assertThatIllegalArgumentException()
                .isThrownBy(() -> FakeFirestore.builder().port(65_536))
                .withMessageContaining("65536");
    }
}
