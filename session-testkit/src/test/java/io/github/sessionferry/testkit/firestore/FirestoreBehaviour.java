package io.github.sessionferry.testkit.firestore;

import static io.github.sessionferry.testkit.firestore.Protos.array;
import static io.github.sessionferry.testkit.firestore.Protos.dbl;
import static io.github.sessionferry.testkit.firestore.Protos.integer;
import static io.github.sessionferry.testkit.firestore.Protos.map;
import static io.github.sessionferry.testkit.firestore.Protos.nul;
import static io.github.sessionferry.testkit.firestore.Protos.string;
import static io.github.sessionferry.testkit.firestore.Protos.timestamp;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.google.api.gax.rpc.ApiException;
import com.google.cloud.Timestamp;
import com.google.cloud.firestore.Blob;
import com.google.cloud.firestore.BulkWriter;
import com.google.cloud.firestore.CollectionReference;
import com.google.cloud.firestore.DocumentReference;
import com.google.cloud.firestore.DocumentSnapshot;
import com.google.cloud.firestore.FieldPath;
import com.google.cloud.firestore.FieldValue;
import com.google.cloud.firestore.Firestore;
import com.google.cloud.firestore.FirestoreOptions;
import com.google.cloud.firestore.GeoPoint;
import com.google.cloud.firestore.Precondition;
import com.google.cloud.firestore.Query;
import com.google.cloud.firestore.QueryDocumentSnapshot;
import com.google.cloud.firestore.SetOptions;
import com.google.cloud.firestore.TransactionOptions;
import com.google.cloud.firestore.WriteBatch;
import com.google.cloud.firestore.WriteResult;
import com.google.firestore.v1.BatchWriteRequest;
import com.google.firestore.v1.BeginTransactionRequest;
import com.google.firestore.v1.CommitRequest;
import com.google.firestore.v1.DocumentMask;
import com.google.firestore.v1.DocumentTransform.FieldTransform;
import com.google.firestore.v1.GetDocumentRequest;
import com.google.firestore.v1.Value;
import com.google.firestore.v1.Write;
import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the real client, and a caller of the bare RPCs, meet at a Firestore; the fake and the emulator alike. */
@Timeout(60)
abstract class FirestoreBehaviour {
    private Firestore firestore;
    private RawFirestore raw;

    abstract String endpoint();

    @BeforeEach
    void connect() {
        String project = "p" + UUID.randomUUID();
        firestore = FirestoreOptions.newBuilder()
                .setProjectId(project)
                .setEmulatorHost(endpoint())
                .build()
                .getService();
        raw = new RawFirestore(endpoint(), project);
    }

    @AfterEach
    void disconnect() throws Exception {
        firestore.close();
        raw.close();
    }

    @Test
    void get_unwritten_isAbsent() throws Exception {
        DocumentSnapshot snapshot = firestore.document("c/a").get().get();

        assertThat(snapshot.exists()).isFalse();
    }

    @Test
    void getAll_someAbsent_answersEachOnce() throws Exception {
        firestore.document("c/a").set(Map.of("n", 1)).get();

        List<DocumentSnapshot> snapshots = firestore
                .getAll(firestore.document("c/b"), firestore.document("c/a"))
                .get();

        assertThat(snapshots).extracting(DocumentSnapshot::getId).containsExactly("b", "a");
        assertThat(snapshots).extracting(DocumentSnapshot::exists).containsExactly(false, true);
    }

    @Test
    void create_existing_isAlreadyExists() throws Exception {
        DocumentReference document = firestore.document("c/a");
        document.create(Map.of("n", 1)).get();

        assertThat(codeOf(() -> document.create(Map.of("n", 2)).get())).isEqualTo(Status.Code.ALREADY_EXISTS);
        assertThat(document.get().get().getLong("n")).isEqualTo(1);
    }

    @Test
    void update_absent_isNotFound() {
        assertThat(codeOf(() -> firestore.document("c/a").update("n", 1).get())).isEqualTo(Status.Code.NOT_FOUND);
    }

    @Test
    void delete_absent_succeedsUnlessItMustExist() throws Exception {
        Write ifExists = Write.newBuilder()
                .setDelete(raw.name("c/a"))
                .setCurrentDocument(
                        com.google.firestore.v1.Precondition.newBuilder().setExists(true))
                .build();

        firestore.document("c/a").delete().get();

        assertThat(codeOf(() -> raw.commit(ifExists))).isEqualTo(Status.Code.NOT_FOUND);
    }

    @Test
    void update_atAnotherRevision_isFailedPrecondition() throws Exception {
        DocumentReference document = firestore.document("c/a");
        Timestamp first = document.set(Map.of("n", 1)).get().getUpdateTime();
        Timestamp second = document.update(Map.of("n", 2), Precondition.updatedAt(first))
                .get()
                .getUpdateTime();

        assertThat(codeOf(() -> document.update(Map.of("n", 3), Precondition.updatedAt(first))
                        .get()))
                .isEqualTo(Status.Code.FAILED_PRECONDITION);
        assertThat(codeOf(() -> document.delete(Precondition.updatedAt(first)).get()))
                .isEqualTo(Status.Code.FAILED_PRECONDITION);
        document.delete(Precondition.updatedAt(second)).get();
        assertThat(document.get().get().exists()).isFalse();
    }

    @Test
    void set_everyKindOfValue_comesBackEqual() throws Exception {
        Map<String, Object> fields = new HashMap<>();
        fields.put("null", null);
        fields.put("boolean", true);
        fields.put("smallest", Long.MIN_VALUE);
        fields.put("largest", Long.MAX_VALUE);
        fields.put("one", 1L);
        fields.put("oneAsDouble", 1.0);
        fields.put("negativeZero", -0.0);
        fields.put("infinity", Double.POSITIVE_INFINITY);
        fields.put("negativeInfinity", Double.NEGATIVE_INFINITY);
        fields.put("nan", Double.NaN);
        fields.put("tiny", Double.MIN_VALUE);
        fields.put("time", Timestamp.ofTimeSecondsAndNanos(-62135596800L, 1000));
        fields.put("late", Timestamp.ofTimeSecondsAndNanos(253402300799L, 999999000));
        fields.put("text", "\u0000\n\uFFFD\uD83D\uDE00");
        fields.put("bytes", Blob.fromBytes(new byte[] {0, -1}));
        fields.put("point", new GeoPoint(-90, 180));
        fields.put("reference", firestore.document("a/b/c/d"));
        fields.put("vector", FieldValue.vector(new double[] {1, -0.0}));
        fields.put("emptyMap", Map.of());
        fields.put("emptyList", List.of());
        fields.put("nested", List.of(Map.of("list", Arrays.asList(1L, null, Map.of()))));
        fields.put("a.b", "dotted");
        fields.put("`\\", "quoted");
        DocumentReference document = firestore.document("c/a");

        document.set(fields).get();

        assertThat(document.get().get().getData()).isEqualTo(fields);
    }

    @Test
    void set_nanoseconds_areCutToMicroseconds() {
        raw.set("c/a", Map.of("x", timestamp(-5, 123_456_789), "l", array(timestamp(5, 999))));

        assertThat(raw.get("c/a").getFieldsMap())
                .isEqualTo(Map.of("x", timestamp(-5, 123_456_000), "l", array(timestamp(5, 0))));
    }

    @Test
    void set_sameFieldsAgain_keepsUpdateTime() throws Exception {
        DocumentReference document = firestore.document("c/a");
        Timestamp first = document.set(Map.of("n", 1)).get().getUpdateTime();

        Timestamp same = document.set(Map.of("n", 1)).get().getUpdateTime();
        Timestamp changed = document.set(Map.of("n", 1.0)).get().getUpdateTime();

        assertThat(same).isEqualTo(first);
        assertThat(changed).isGreaterThan(first);
    }

    @Test
    void set_afterDelete_hasNewCreateTime() throws Exception {
        DocumentReference document = firestore.document("c/a");
        Timestamp first = document.set(Map.of("n", 1)).get().getUpdateTime();
        document.update("n", 2).get();
        Timestamp kept = document.get().get().getCreateTime();
        document.delete().get();
        document.set(Map.of("n", 1)).get();

        DocumentSnapshot recreated = document.get().get();

        assertThat(kept).isEqualTo(first);
        assertThat(recreated.getCreateTime()).isGreaterThan(first).isEqualTo(recreated.getUpdateTime());
    }

    @Test
    void commits_oneAfterTheOther_haveGrowingTimes() throws Exception {
        List<Timestamp> times = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            times.add(firestore.document("c/" + i % 3).set(Map.of("n", i)).get().getUpdateTime());
        }

        assertThat(times).isSorted().doesNotHaveDuplicates();
        assertThat(times).allMatch(time -> time.getNanos() % 1000 == 0);
    }

    @Test
    void update_dottedAndQuotedPaths_changeOnlyThose() throws Exception {
        DocumentReference document = firestore.document("c/a");
        document.set(Map.of("m", Map.of("keep", 1, "drop", 2), "a.b", 3, "scalar", 4))
                .get();

        document.update(
                        FieldPath.of("m", "drop"), FieldValue.delete(),
                        FieldPath.of("m", "new.key"), 5,
                        FieldPath.of("a.b"), 6,
                        FieldPath.of("scalar", "x"), 7,
                        FieldPath.of("absent", "x"), FieldValue.delete())
                .get();

        assertThat(document.get().get().getData())
                .isEqualTo(Map.of("m", Map.of("keep", 1L, "new.key", 5L), "a.b", 6L, "scalar", Map.of("x", 7L)));
    }

    @Test
    void merge_nestedMaps_keepsTheRest() throws Exception {
        DocumentReference document = firestore.document("c/a");
        document.set(Map.of("m", Map.of("a", 1, "b", 2), "n", 1)).get();

        document.set(Map.of("m", Map.of("b", 3)), SetOptions.merge()).get();

        assertThat(document.get().get().getData()).isEqualTo(Map.of("m", Map.of("a", 1L, "b", 3L), "n", 1L));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a..b", "a-b", ".a", "a.", "`a", "", "1a"})
    void update_malformedPath_isInvalidArgument(String path) {
        Write write = raw.write("c/a", Map.of("a", integer(1))).toBuilder()
                .setUpdateMask(DocumentMask.newBuilder().addFieldPaths(path))
                .build();

        assertThat(codeOf(() -> raw.commit(write))).isEqualTo(Status.Code.INVALID_ARGUMENT);
    }

    static Stream<Arguments> transforms() {
        FieldTransform.Builder transform = FieldTransform.newBuilder();
        return Stream.of(
                Arguments.of(integer(5), transform.clone().setIncrement(integer(2)), integer(7)),
                Arguments.of(integer(5), transform.clone().setIncrement(dbl(2)), dbl(7)),
                Arguments.of(string("s"), transform.clone().setIncrement(integer(2)), integer(2)),
                Arguments.of(
                        integer(Long.MAX_VALUE), transform.clone().setIncrement(integer(1)), integer(Long.MAX_VALUE)),
                Arguments.of(
                        integer(Long.MIN_VALUE), transform.clone().setIncrement(integer(-1)), integer(Long.MIN_VALUE)),
                Arguments.of(integer(5), transform.clone().setMaximum(dbl(5)), integer(5)),
                Arguments.of(integer(5), transform.clone().setMaximum(dbl(5.5)), dbl(5.5)),
                Arguments.of(integer(5), transform.clone().setMaximum(dbl(Double.NaN)), dbl(Double.NaN)),
                Arguments.of(integer(5), transform.clone().setMinimum(integer(4)), integer(4)),
                Arguments.of(dbl(-0.0), transform.clone().setMinimum(integer(0)), dbl(-0.0)),
                Arguments.of(nul(), transform.clone().setMinimum(integer(4)), integer(4)),
                Arguments.of(
                        array(integer(1), dbl(2), integer(1)),
                        transform
                                .clone()
                                .setAppendMissingElements(array(integer(2), integer(3), integer(3))
                                        .getArrayValue()),
                        array(integer(1), dbl(2), integer(1), integer(3))),
                Arguments.of(
                        array(integer(1), dbl(2), nul(), integer(1)),
                        transform
                                .clone()
                                .setRemoveAllFromArray(
                                        array(integer(2), integer(1)).getArrayValue()),
                        array(nul())),
                Arguments.of(
                        array(nul(), dbl(Double.NaN)),
                        transform
                                .clone()
                                .setAppendMissingElements(
                                        array(nul(), dbl(Double.NaN)).getArrayValue()),
                        array(nul(), dbl(Double.NaN))),
                Arguments.of(
                        integer(1),
                        transform
                                .clone()
                                .setAppendMissingElements(array(integer(2)).getArrayValue()),
                        array(integer(2))));
    }

    @ParameterizedTest
    @MethodSource("transforms")
    void transform_field_storesAndReportsTheResult(Value before, FieldTransform.Builder transform, Value after) {
        Write write = raw.write("c/a", Map.of("m", map(Map.of("x", before)))).toBuilder()
                .addUpdateTransforms(transform.setFieldPath("m.x"))
                .build();

        Value reported = raw.commit(write).getWriteResults(0).getTransformResults(0);

        assertThat(raw.get("c/a").getFieldsMap()).isEqualTo(Map.of("m", map(Map.of("x", after))));
        assertThat(reported).isEqualTo(after.hasArrayValue() ? nul() : after);
    }

    @Test
    void transform_serverTimestamp_isMillisecondsOfTheCommit() throws Exception {
        DocumentReference document = firestore.document("c/a");
        Timestamp committed =
                document.set(Map.of("t", FieldValue.serverTimestamp())).get().getUpdateTime();

        Timestamp stored = document.get().get().getTimestamp("t");

        assertThat(stored.getNanos() % 1_000_000).isZero();
        assertThat(stored).isLessThanOrEqualTo(committed);
        assertThat(committed.getSeconds() - stored.getSeconds()).isLessThanOrEqualTo(2);
    }

    static Stream<Arguments> refusedFields() {
        return Stream.of(
                Arguments.of("nested arrays", Map.of("x", array(array()))),
                Arguments.of("empty name", Map.of("", integer(1))),
                Arguments.of("reserved name", Map.of("__x__", integer(1))),
                Arguments.of("empty nested name", Map.of("x", map(Map.of("", integer(1))))),
                Arguments.of("reserved nested name", Map.of("x", map(Map.of("__x__", integer(1))))),
                Arguments.of("long name", Map.of("a".repeat(1501), integer(1))),
                Arguments.of("21 maps", Map.of("x", nested(21, integer(1)))),
                Arguments.of("empty map in 20 maps", Map.of("x", nested(20, map(Map.of())))),
                Arguments.of("list in 20 maps", Map.of("x", nested(20, array(integer(1))))),
                Arguments.of("unset value", Map.of("x", Value.getDefaultInstance())),
                Arguments.of("text over 1 MiB", Map.of("x", string("a".repeat(1 << 20)))),
                Arguments.of(
                        "fields over 1 MiB",
                        Map.of("x", string("a".repeat(600_000)), "y", string("a".repeat(449_000)))),
                Arguments.of("bad point", Map.of("x", Protos.point(90.5, 0))),
                Arguments.of(
                        "bad reference",
                        Map.of("x", Value.newBuilder().setReferenceValue("a/b").build())),
                Arguments.of(
                        "vector of text",
                        Map.of("x", map(Map.of("__type__", string("__vector__"), "value", array(string("a")))))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("refusedFields")
    void set_fieldsThatCannotBeHeld_isInvalidArgument(String name, Map<String, Value> fields) {
        assertThat(codeOf(() -> raw.set("c/a", fields))).as(name).isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(codeOf(() -> raw.get("c/a"))).isEqualTo(Status.Code.NOT_FOUND);
    }

    static Stream<Arguments> acceptedFields() {
        return Stream.of(
                Arguments.of("20 maps", Map.of("x", nested(20, integer(1)))),
                Arguments.of("empty map in 19 maps", Map.of("x", nested(19, map(Map.of())))),
                Arguments.of("list in 19 maps", Map.of("x", nested(19, array(integer(1))))),
                Arguments.of("vector in 19 maps", Map.of("x", nested(19, Protos.vector(1)))),
                Arguments.of("array in map in array", Map.of("x", array(map(Map.of("y", array()))))),
                Arguments.of("long name", Map.of("a".repeat(1500), integer(1))),
                Arguments.of("underscores", Map.of("__", integer(1), "__x", integer(2), "____", integer(3))),
                Arguments.of(
                        "nearly 1 MiB", Map.of("x", string("a".repeat(600_000)), "y", string("a".repeat(448_000)))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("acceptedFields")
    void set_fieldsAtTheLimit_areHeld(String name, Map<String, Value> fields) {
        raw.set("c/a", fields);

        assertThat(raw.get("c/a").getFieldsMap()).as(name).isEqualTo(fields);
    }

    private static Value nested(int maps, Value innermost) {
        Value value = innermost;
        for (int i = 0; i < maps; i++) {
            value = map(Map.of("m", value));
        }
        return value;
    }

    @ParameterizedTest
    @ValueSource(strings = {"c/.", "c/..", "c/__x__", "c/", "c//a", "__c__/a", "c", "c/a/b", "c/a/./b"})
    void set_illegalName_isInvalidArgument(String path) {
        assertThat(codeOf(() -> raw.set(path, Map.of()))).isEqualTo(Status.Code.INVALID_ARGUMENT);
    }

    @Test
    void set_idsByLength_areCountedInBytes() {
        raw.set("c/" + "\u00E9".repeat(750), Map.of());

        assertThat(codeOf(() -> raw.set("c/" + "\u00E9".repeat(750) + "a", Map.of())))
                .isEqualTo(Status.Code.INVALID_ARGUMENT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a:b", "a b", "\n", "\uD83D\uDE00", "%2F", "__", "a.", "*", "[x]", "\\"})
    void set_hostileButLegalId_isFound(String id) throws Exception {
        firestore.collection("c").document(id).set(Map.of("n", 1)).get();

        assertThat(firestore.collection("c").document(id).get().get().exists()).isTrue();
        assertThat(idsOf(firestore.collection("c"))).containsExactly(id);
    }

    @Test
    void commit_messageOver4MiB_isResourceExhausted() {
        assertThat(codeOf(() -> raw.set("c/a", Map.of("x", string("a".repeat(4 << 20))))))
                .isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    }

    @Test
    void batch_oneWriteFails_writesNothing() throws Exception {
        firestore.document("c/a").set(Map.of("n", 1)).get();
        WriteBatch batch = firestore.batch();
        batch.set(firestore.document("c/b"), Map.of("n", 1));
        batch.create(firestore.document("c/a"), Map.of("n", 2));

        assertThat(codeOf(() -> batch.commit().get())).isEqualTo(Status.Code.ALREADY_EXISTS);
        assertThat(firestore.document("c/b").get().get().exists()).isFalse();
    }

    @Test
    void batch_sameDocumentTwice_appliesInOrder() throws Exception {
        WriteBatch batch = firestore.batch();
        batch.create(firestore.document("c/a"), Map.of("n", 1));
        batch.update(firestore.document("c/a"), "n", FieldValue.increment(1));
        batch.set(firestore.document("c/b"), Map.of("n", 1));
        batch.delete(firestore.document("c/b"));

        List<WriteResult> results = batch.commit().get();

        assertThat(results).hasSize(4);
        assertThat(firestore.document("c/a").get().get().getLong("n")).isEqualTo(2);
        assertThat(firestore.document("c/b").get().get().exists()).isFalse();
    }

    @Test
    void bulkWriter_someWritesFail_reportsEach() throws Exception {
        firestore.document("c/1").set(Map.of("n", -1)).get();
        List<CompletableFuture<Status.Code>> outcomes = new ArrayList<>();
        BulkWriter writer = firestore.bulkWriter();
        for (int i = 0; i < 50; i++) {
            var written = writer.create(firestore.document("c/" + i), Map.of("n", i));
            outcomes.add(CompletableFuture.supplyAsync(() -> codeOf(written::get)));
        }
        writer.close();

        assertThat(outcomes.stream().map(CompletableFuture::join).filter(code -> code != Status.Code.OK))
                .containsExactly(Status.Code.ALREADY_EXISTS);
        assertThat(firestore.collection("c").get().get().size()).isEqualTo(50);
    }

    @Test
    void batchWrite_sameDocumentTwice_isInvalidArgument() {
        Write write = raw.write("c/a", Map.of());
        BatchWriteRequest request = BatchWriteRequest.newBuilder()
                .setDatabase(raw.database())
                .addWrites(write)
                .addWrites(write)
                .build();

        assertThat(codeOf(() -> raw.stub().batchWrite(request))).isEqualTo(Status.Code.INVALID_ARGUMENT);
    }

    @Test
    void transaction_readModifyWrite_countsEveryIncrement() throws Exception {
        DocumentReference counter = firestore.document("c/counter");
        counter.set(Map.of("n", 0)).get();
        TransactionOptions patient = TransactionOptions.createReadWriteOptionsBuilder()
                .setNumberOfAttempts(50)
                .build();
        ExecutorService threads = Executors.newFixedThreadPool(2);
        List<CompletableFuture<Void>> runs = IntStream.range(0, 2)
                .mapToObj(i -> CompletableFuture.runAsync(() -> increment(counter, patient), threads))
                .toList();
        CompletableFuture.allOf(runs.toArray(CompletableFuture[]::new)).get(50, TimeUnit.SECONDS);
        threads.shutdownNow();

        assertThat(counter.get().get().getLong("n")).isEqualTo(2);
    }

    private void increment(DocumentReference counter, TransactionOptions options) {
        try {
            firestore
                    .runTransaction(
                            transaction -> {
                                long n = transaction.get(counter).get().getLong("n");
                                transaction.update(counter, "n", n + 1);
                                return n;
                            },
                            options)
                    .get();
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void transaction_queriesThenWrites_areApplied() throws Exception {
        firestore.document("c/a").set(Map.of("n", 1)).get();

        long count = firestore
                .runTransaction(transaction -> {
                    long found =
                            transaction.get(firestore.collection("c")).get().size();
                    transaction.create(firestore.document("c/b"), Map.of("n", found));
                    return found;
                })
                .get();

        assertThat(count).isEqualTo(1);
        assertThat(idsOf(firestore.collection("c"))).containsExactly("a", "b");
    }

    @Test
    void transaction_readOnly_seesOneMoment() throws Exception {
        firestore.document("c/a").set(Map.of("n", 1)).get();
        firestore.document("c/b").set(Map.of("n", 1)).get();

        List<Long> seen = firestore
                .runAsyncTransaction(
                        transaction -> com.google.api.core.ApiFutures.transform(
                                transaction.getAll(firestore.document("c/a"), firestore.document("c/b")),
                                found -> found.stream()
                                        .map(each -> each.getLong("n"))
                                        .toList(),
                                Runnable::run),
                        TransactionOptions.createReadOnlyOptionsBuilder().build())
                .get();

        assertThat(seen).containsExactly(1L, 1L);
    }

    @Test
    void transaction_failingWrite_writesNothing() throws Exception {
        firestore.document("c/a").set(Map.of("n", 1)).get();

        Status.Code code = codeOf(() -> firestore
                .runTransaction(transaction -> {
                    transaction.set(firestore.document("c/b"), Map.of("n", 1));
                    transaction.create(firestore.document("c/a"), Map.of("n", 1));
                    return 0;
                })
                .get());

        assertThat(code).isEqualTo(Status.Code.ALREADY_EXISTS);
        assertThat(firestore.document("c/b").get().get().exists()).isFalse();
    }

    @Test
    void transaction_readOnlyThatWrites_isInvalidArgument() {
        ByteString transaction = begin(com.google.firestore.v1.TransactionOptions.newBuilder()
                .setReadOnly(com.google.firestore.v1.TransactionOptions.ReadOnly.getDefaultInstance())
                .build());

        assertThat(codeOf(() -> commit(transaction, raw.write("c/a", Map.of()))))
                .isEqualTo(Status.Code.INVALID_ARGUMENT);
    }

    @Test
    void transaction_endedOrUnknown_isInvalidArgument() {
        ByteString transaction = begin(com.google.firestore.v1.TransactionOptions.getDefaultInstance());
        commit(transaction, raw.write("c/a", Map.of()));

        for (ByteString id : List.of(transaction, ByteString.copyFromUtf8("unknown"))) {
            assertThat(codeOf(() -> commit(id, raw.write("c/b", Map.of())))).isEqualTo(Status.Code.INVALID_ARGUMENT);
            assertThat(codeOf(() -> raw.stub()
                            .getDocument(GetDocumentRequest.newBuilder()
                                    .setName(raw.name("c/a"))
                                    .setTransaction(id)
                                    .build())))
                    .isEqualTo(Status.Code.INVALID_ARGUMENT);
        }
    }

    final ByteString begin(com.google.firestore.v1.TransactionOptions options) {
        return raw.stub()
                .beginTransaction(BeginTransactionRequest.newBuilder()
                        .setDatabase(raw.database())
                        .setOptions(options)
                        .build())
                .getTransaction();
    }

    final void commit(ByteString transaction, Write... writes) {
        raw.stub()
                .commit(CommitRequest.newBuilder()
                        .setDatabase(raw.database())
                        .setTransaction(transaction)
                        .addAllWrites(List.of(writes))
                        .build());
    }

    @Test
    void query_pagesByCursor_meetEveryDocumentOnce() throws Exception {
        CollectionReference collection = firestore.collection("c");
        WriteBatch batch = firestore.batch();
        for (int i = 0; i < 25; i++) {
            batch.set(collection.document("d%02d".formatted(i)), Map.of("n", i / 10));
        }
        batch.commit().get();

        List<String> seen = new ArrayList<>();
        Query query = collection.orderBy("n", Query.Direction.DESCENDING).limit(7);
        List<QueryDocumentSnapshot> page = query.get().get().getDocuments();
        while (!page.isEmpty()) {
            page.forEach(document -> seen.add(document.getId()));
            page = query.startAfter(page.get(page.size() - 1)).get().get().getDocuments();
        }

        assertThat(seen)
                .hasSize(25)
                .doesNotHaveDuplicates()
                .startsWith("d24", "d23")
                .endsWith("d01", "d00");
    }

    @Test
    void query_limitToLast_answersTheEndInOrder() throws Exception {
        for (int i = 0; i < 5; i++) {
            firestore.document("c/" + i).set(Map.of("n", i)).get();
        }

        List<String> last = firestore.collection("c").orderBy("n").limitToLast(2).get().get().getDocuments().stream()
                .map(DocumentSnapshot::getId)
                .toList();

        assertThat(last).containsExactly("3", "4");
    }

    @Test
    void query_collectionOfAnotherParent_isNotSeen() throws Exception {
        firestore.document("c/a/events/1").set(Map.of("n", 1)).get();
        firestore.document("c/a/events/1/events/2").set(Map.of("n", 2)).get();
        firestore.document("c/ab/events/3").set(Map.of("n", 3)).get();
        firestore.document("events/4").set(Map.of("n", 4)).get();

        assertThat(idsOf(firestore.collection("c/a/events"))).containsExactly("1");
        assertThat(idsOf(firestore.collection("events"))).containsExactly("4");
        assertThat(idsOf(firestore.collectionGroup("events"))).containsExactlyInAnyOrder("1", "2", "3", "4");
    }

    @Test
    void query_count_countsMatches() throws Exception {
        for (int i = 0; i < 5; i++) {
            firestore.document("c/" + i).set(Map.of("n", i)).get();
        }

        long count = firestore
                .collection("c")
                .whereGreaterThan("n", 1)
                .count()
                .get()
                .get()
                .getCount();

        assertThat(count).isEqualTo(3);
    }

    @Test
    void list_documentsThatHaveOnlyDescendants_areListedAndNotQueried() throws Exception {
        firestore.document("root/user/sessions/s").set(Map.of("n", 1)).get();
        firestore.document("root/written").set(Map.of("n", 1)).get();

        List<String> listed = new ArrayList<>();
        firestore.collection("root").listDocuments().forEach(document -> listed.add(document.getId()));

        assertThat(listed).containsExactly("user", "written");
        assertThat(idsOf(firestore.collection("root"))).containsExactly("written");
        assertThat(firestore.document("root/user").get().get().exists()).isFalse();
    }

    @Test
    void list_afterEverythingIsDeleted_isEmpty() throws Exception {
        firestore.document("root/user/sessions/s").set(Map.of("n", 1)).get();
        firestore.document("root/user/sessions/s").delete().get();

        assertThat(firestore.collection("root").listDocuments()).isEmpty();
        assertThat(firestore.listCollections()).isEmpty();
    }

    @Test
    void recursiveDelete_collection_leavesItsNeighbours() throws Exception {
        firestore.document("c/a").set(Map.of("n", 1)).get();
        firestore.document("c/a/events/1").set(Map.of("n", 1)).get();
        firestore.document("c/missing/events/1").set(Map.of("n", 1)).get();
        firestore.document("cc/a").set(Map.of("n", 1)).get();
        firestore.document("b/a/c/a").set(Map.of("n", 1)).get();

        firestore.recursiveDelete(firestore.collection("c")).get();

        assertThat(firestore.collection("c").listDocuments()).isEmpty();
        assertThat(firestore.document("cc/a").get().get().exists()).isTrue();
        assertThat(firestore.document("b/a/c/a").get().get().exists()).isTrue();
    }

    private static List<String> idsOf(Query query) throws Exception {
        return query.get().get().getDocuments().stream()
                .map(DocumentSnapshot::getId)
                .toList();
    }

    final Firestore firestore() {
        return firestore;
    }

    final RawFirestore raw() {
        return raw;
    }

    /** What a call ends with. */
    interface Call {
        void run() throws Exception;
    }

    static Status.Code codeOf(Call call) {
        Throwable thrown = catchThrowable(call::run);
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (cause instanceof StatusRuntimeException status) {
                return status.getStatus().getCode();
            }
            if (cause instanceof ApiException api) {
                return Status.Code.valueOf(api.getStatusCode().getCode().name());
            }
            if (cause instanceof com.google.cloud.firestore.FirestoreException firestore) {
                return firestore.getStatus().getCode();
            }
        }
        assertThat(thrown).isNull();
        return Status.Code.OK;
    }
}
