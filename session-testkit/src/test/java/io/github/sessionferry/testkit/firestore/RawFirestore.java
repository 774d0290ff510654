package io.github.sessionferry.testkit.firestore;

import com.google.firestore.v1.CommitRequest;
import com.google.firestore.v1.CommitResponse;
import com.google.firestore.v1.Document;
import com.google.firestore.v1.FirestoreGrpc;
import com.google.firestore.v1.GetDocumentRequest;
import com.google.firestore.v1.ListCollectionIdsRequest;
import com.google.firestore.v1.ListDocumentsRequest;
import com.google.firestore.v1.ListDocumentsResponse;
import com.google.firestore.v1.RunAggregationQueryRequest;
import com.google.firestore.v1.RunQueryRequest;
import com.google.firestore.v1.RunQueryResponse;
import com.google.firestore.v1.StructuredAggregationQuery;
import com.google.firestore.v1.StructuredAggregationQuery.Aggregation;
import com.google.firestore.v1.StructuredQuery;
import com.google.firestore.v1.StructuredQuery.FieldReference;
import com.google.firestore.v1.Value;
import com.google.firestore.v1.Write;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Metadata;
import io.grpc.stub.MetadataUtils;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** The RPCs without a client between, for what a client would not send. */
final class RawFirestore implements AutoCloseable {
    private final ManagedChannel channel;
    private final FirestoreGrpc.FirestoreBlockingStub stub;
    private final String database;

    RawFirestore(String endpoint, String project) {
        this.channel = ManagedChannelBuilder.forTarget(endpoint).usePlaintext().build();
        Metadata owner = new Metadata();
        owner.put(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer owner");
        this.stub = FirestoreGrpc.newBlockingStub(channel)
                .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(owner));
        this.database = "projects/" + project + "/databases/(default)";
    }

    FirestoreGrpc.FirestoreBlockingStub stub() {
        return stub.withDeadlineAfter(60, TimeUnit.SECONDS);
    }

    String database() {
        return database;
    }

    String root() {
        return database + "/documents";
    }

    String name(String path) {
        return root() + "/" + path;
    }

    Value reference(String path) {
        return Value.newBuilder().setReferenceValue(name(path)).build();
    }

    Write write(String path, Map<String, Value> fields) {
        return Write.newBuilder()
                .setUpdate(Document.newBuilder().setName(name(path)).putAllFields(fields))
                .build();
    }

    CommitResponse set(String path, Map<String, Value> fields) {
        return commit(write(path, fields));
    }

    CommitResponse commit(Write... writes) {
        return stub().commit(CommitRequest.newBuilder()
                .setDatabase(database)
                .addAllWrites(List.of(writes))
                .build());
    }

    Document get(String path) {
        return stub().getDocument(
                        GetDocumentRequest.newBuilder().setName(name(path)).build());
    }

    /** Each result as its path and the names of its fields. */
    List<String> query(StructuredQuery query) {
        RunQueryRequest request = RunQueryRequest.newBuilder()
                .setParent(root())
                .setStructuredQuery(query)
                .build();
        List<String> results = new ArrayList<>();
        stub().runQuery(request).forEachRemaining(response -> results.add(described(response)));
        return results;
    }

    private String described(RunQueryResponse response) {
        if (!response.hasDocument()) {
            return "no document";
        }
        Document document = response.getDocument();
        return document.getName().substring(root().length()) + new TreeMap<>(document.getFieldsMap()).keySet();
    }

    /** The count, the count up to 3, and the sum and average of a field. */
    Map<String, Value> aggregate(StructuredQuery query, String field) {
        FieldReference reference =
                FieldReference.newBuilder().setFieldPath(field).build();
        StructuredAggregationQuery aggregation = StructuredAggregationQuery.newBuilder()
                .setStructuredQuery(query)
                .addAggregations(
                        Aggregation.newBuilder().setAlias("count").setCount(Aggregation.Count.getDefaultInstance()))
                .addAggregations(Aggregation.newBuilder()
                        .setAlias("upTo")
                        .setCount(Aggregation.Count.newBuilder().setUpTo(com.google.protobuf.Int64Value.of(3))))
                .addAggregations(Aggregation.newBuilder()
                        .setAlias("sum")
                        .setSum(Aggregation.Sum.newBuilder().setField(reference)))
                .addAggregations(Aggregation.newBuilder()
                        .setAlias("average")
                        .setAvg(Aggregation.Avg.newBuilder().setField(reference)))
                .build();
        RunAggregationQueryRequest request = RunAggregationQueryRequest.newBuilder()
                .setParent(root())
                .setStructuredAggregationQuery(aggregation)
                .build();
        return stub().runAggregationQuery(request).next().getResult().getAggregateFieldsMap();
    }

    /** Each document as its path and whether it exists, from as many pages as it takes. */
    List<String> listDocuments(String collection, boolean showMissing, int pageSize) {
        ListDocumentsRequest.Builder request = ListDocumentsRequest.newBuilder()
                .setParent(root())
                .setCollectionId(collection)
                .setShowMissing(showMissing)
                .setPageSize(pageSize);
        List<String> documents = new ArrayList<>();
        ListDocumentsResponse response;
        do {
            response = stub().listDocuments(request.build());
            response.getDocumentsList()
                    .forEach(document ->
                            documents.add(document.getName() + (document.hasCreateTime() ? " exists" : " is missing")));
            request.setPageToken(response.getNextPageToken());
        } while (!response.getNextPageToken().isEmpty());
        return documents;
    }

    List<String> collectionIds(String below) {
        return stub().listCollectionIds(ListCollectionIdsRequest.newBuilder()
                        .setParent(root() + below)
                        .build())
                .getCollectionIdsList();
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }
}
