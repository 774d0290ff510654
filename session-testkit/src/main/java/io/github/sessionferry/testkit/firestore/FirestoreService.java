package io.github.sessionferry.testkit.firestore;

import com.google.firestore.v1.BatchGetDocumentsRequest;
import com.google.firestore.v1.BatchGetDocumentsResponse;
import com.google.firestore.v1.BatchWriteRequest;
import com.google.firestore.v1.BatchWriteResponse;
import com.google.firestore.v1.BeginTransactionRequest;
import com.google.firestore.v1.BeginTransactionResponse;
import com.google.firestore.v1.CommitRequest;
import com.google.firestore.v1.CommitResponse;
import com.google.firestore.v1.Document;
import com.google.firestore.v1.FirestoreGrpc.FirestoreImplBase;
import com.google.firestore.v1.GetDocumentRequest;
import com.google.firestore.v1.ListCollectionIdsRequest;
import com.google.firestore.v1.ListCollectionIdsResponse;
import com.google.firestore.v1.ListDocumentsRequest;
import com.google.firestore.v1.ListDocumentsResponse;
import com.google.firestore.v1.PartitionQueryRequest;
import com.google.firestore.v1.PartitionQueryResponse;
import com.google.firestore.v1.RollbackRequest;
import com.google.firestore.v1.RunAggregationQueryRequest;
import com.google.firestore.v1.RunAggregationQueryResponse;
import com.google.firestore.v1.RunQueryRequest;
import com.google.firestore.v1.RunQueryResponse;
import com.google.firestore.v1.TransactionOptions;
import com.google.firestore.v1.Write;
import com.google.firestore.v1.WriteResult;
import com.google.protobuf.ByteString;
import com.google.protobuf.Empty;
import com.google.protobuf.Timestamp;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.StreamObserver;
import java.time.Clock;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** The RPCs, for any number of databases; a database exists as soon as it is named. Thread-safe. */
final class FirestoreService extends FirestoreImplBase {
    private static final int MOST_WRITES = 500;

    private final Map<DatabaseName, Database> databases = new ConcurrentHashMap<>();
    private final Clock clock;

    FirestoreService(Clock clock) {
        this.clock = clock;
    }

    private Database database(DatabaseName name) {
        return databases.computeIfAbsent(name, added -> new Database(added, clock));
    }

    private Database databaseNamed(String name) {
        return database(DatabaseName.parse(name));
    }

    private Database databaseOf(String resource) {
        return database(DatabaseName.ofResource(resource));
    }

    @Override
    public void getDocument(GetDocumentRequest request, StreamObserver<Document> observer) {
        answer(observer, () -> {
            Reads reads = new Reads(
                    databaseOf(request.getName()),
                    request.getTransaction(),
                    request.hasReadTime() ? request.getReadTime() : null);
            return reads.read(snapshot -> {
                ResourcePath path = snapshot.database().document(request.getName());
                Document document = reads.find(path, snapshot);
                if (document == null) {
                    throw Failures.notFound("Document \"" + request.getName() + "\" not found.");
                }
                return request.hasMask() ? Projection.of(document, request.getMask()) : document;
            });
        });
    }

    @Override
    public void batchGetDocuments(
            BatchGetDocumentsRequest request, StreamObserver<BatchGetDocumentsResponse> observer) {
        answerAll(observer, () -> {
            Database database = databaseNamed(request.getDatabase());
            ByteString begun = request.hasNewTransaction()
                    ? database.begin(request.getNewTransaction()).id()
                    : ByteString.EMPTY;
            Reads reads = new Reads(
                    database,
                    request.hasNewTransaction() ? begun : request.getTransaction(),
                    request.hasReadTime() ? request.getReadTime() : null);
            Stream<BatchGetDocumentsResponse> found = reads.read(snapshot -> {
                Set<String> names = new LinkedHashSet<>(request.getDocumentsList());
                return names.stream().map(name -> batchEntry(name, request, reads, snapshot)).toList().stream();
            });
            return begun.isEmpty()
                    ? found
                    : Stream.concat(
                            Stream.of(BatchGetDocumentsResponse.newBuilder()
                                    .setTransaction(begun)
                                    .build()),
                            found);
        });
    }

    private static BatchGetDocumentsResponse batchEntry(
            String name, BatchGetDocumentsRequest request, Reads reads, Snapshot snapshot) {
        Document document = reads.find(snapshot.database().document(name), snapshot);
        BatchGetDocumentsResponse.Builder response =
                BatchGetDocumentsResponse.newBuilder().setReadTime(snapshot.time());
        if (document == null) {
            return response.setMissing(name).build();
        }
        return response.setFound(request.hasMask() ? Projection.of(document, request.getMask()) : document)
                .build();
    }

    @Override
    public void beginTransaction(BeginTransactionRequest request, StreamObserver<BeginTransactionResponse> observer) {
        answer(
                observer,
                () -> BeginTransactionResponse.newBuilder()
                        .setTransaction(databaseNamed(request.getDatabase())
                                .begin(request.getOptions())
                                .id())
                        .build());
    }

    @Override
    public void rollback(RollbackRequest request, StreamObserver<Empty> observer) {
        answer(observer, () -> {
            databaseNamed(request.getDatabase()).rollback(request.getTransaction());
            return Empty.getDefaultInstance();
        });
    }

    @Override
    public void commit(CommitRequest request, StreamObserver<CommitResponse> observer) {
        answer(observer, () -> {
            Database database = databaseNamed(request.getDatabase());
            Database.Committed committed = request.getTransaction().isEmpty()
                    ? database.commit(request.getWritesList())
                    : database.commit(request.getTransaction(), request.getWritesList());
            return CommitResponse.newBuilder()
                    .addAllWriteResults(committed.results())
                    .setCommitTime(committed.time())
                    .build();
        });
    }

    @Override
    public void batchWrite(BatchWriteRequest request, StreamObserver<BatchWriteResponse> observer) {
        answer(observer, () -> {
            Database database = databaseNamed(request.getDatabase());
            checkBatch(request);
            BatchWriteResponse.Builder response = BatchWriteResponse.newBuilder();
            request.getWritesList().forEach(write -> writeAlone(database, write, response));
            return response.build();
        });
    }

    /** What makes a batch wrong as a whole; what a single write meets is reported with that write. */
    private static void checkBatch(BatchWriteRequest request) {
        if (request.getWritesCount() > MOST_WRITES) {
            throw Failures.invalid("maximum " + MOST_WRITES + " writes allowed per request");
        }
        Set<String> targets = new LinkedHashSet<>();
        for (Write write : request.getWritesList()) {
            String target = WriteRules.target(write);
            DatabaseName.parse(request.getDatabase()).document(target).checkStorable();
            if (!targets.add(target)) {
                throw Failures.invalid("the same document cannot be written more than once in a single request");
            }
        }
    }

    private static void writeAlone(Database database, Write write, BatchWriteResponse.Builder response) {
        try {
            WriteResult result = database.commit(List.of(write)).results().get(0);
            response.addWriteResults(result).addStatus(com.google.rpc.Status.getDefaultInstance());
        } catch (StatusRuntimeException e) {
            response.addWriteResults(WriteResult.getDefaultInstance()).addStatus(StatusProto.fromThrowable(e));
        }
    }

    @Override
    public void runQuery(RunQueryRequest request, StreamObserver<RunQueryResponse> observer) {
        answerAll(observer, () -> {
            Database database = databaseOf(request.getParent());
            ByteString begun = begin(database, request.hasNewTransaction(), request.getNewTransaction());
            Reads reads = new Reads(
                    database,
                    request.hasNewTransaction() ? begun : request.getTransaction(),
                    request.hasReadTime() ? request.getReadTime() : null);
            return reads.read(snapshot -> {
                Query query = new Query(snapshot.database().parent(request.getParent()), request.getStructuredQuery());
                return QueryAnswers.of(query, reads.run(query, snapshot), snapshot.time(), begun);
            });
        });
    }

    @Override
    public void runAggregationQuery(
            RunAggregationQueryRequest request, StreamObserver<RunAggregationQueryResponse> observer) {
        answer(observer, () -> {
            Database database = databaseOf(request.getParent());
            ByteString begun = begin(database, request.hasNewTransaction(), request.getNewTransaction());
            Reads reads = new Reads(
                    database,
                    request.hasNewTransaction() ? begun : request.getTransaction(),
                    request.hasReadTime() ? request.getReadTime() : null);
            var aggregation = request.getStructuredAggregationQuery();
            return reads.read(snapshot -> {
                Query query =
                        new Query(snapshot.database().parent(request.getParent()), aggregation.getStructuredQuery());
                return RunAggregationQueryResponse.newBuilder()
                        .setResult(Aggregations.of(aggregation.getAggregationsList(), reads.run(query, snapshot)))
                        .setReadTime(snapshot.time())
                        .setTransaction(begun)
                        .build();
            });
        });
    }

    private static ByteString begin(Database database, boolean wanted, TransactionOptions options) {
        return wanted ? database.begin(options).id() : ByteString.EMPTY;
    }

    @Override
    public void listDocuments(ListDocumentsRequest request, StreamObserver<ListDocumentsResponse> observer) {
        answer(observer, () -> {
            Reads reads = new Reads(
                    databaseOf(request.getParent()),
                    request.getTransaction(),
                    request.hasReadTime() ? request.getReadTime() : null);
            return reads.readWhole(snapshot -> Listings.documents(request, snapshot));
        });
    }

    @Override
    public void listCollectionIds(
            ListCollectionIdsRequest request, StreamObserver<ListCollectionIdsResponse> observer) {
        answer(
                observer,
                () -> readAt(
                        request.getParent(),
                        request.hasReadTime(),
                        request.getReadTime(),
                        snapshot -> Listings.collections(request, snapshot)));
    }

    @Override
    public void partitionQuery(PartitionQueryRequest request, StreamObserver<PartitionQueryResponse> observer) {
        answer(
                observer,
                () -> readAt(
                        request.getParent(),
                        request.hasReadTime(),
                        request.getReadTime(),
                        snapshot -> Listings.partitions(request, snapshot)));
    }

    private <T> T readAt(String parent, boolean past, Timestamp time, Function<Snapshot, T> reader) {
        Database database = databaseOf(parent);
        return past ? database.readAt(time, reader) : database.read(reader);
    }

    private static <T> void answer(StreamObserver<T> observer, Supplier<T> action) {
        answerAll(observer, () -> Stream.of(action.get()));
    }

    private static <T> void answerAll(StreamObserver<T> observer, Supplier<Stream<T>> action) {
        Stream<T> answers;
        try {
            answers = action.get();
        } catch (StatusRuntimeException e) {
            observer.onError(e);
            return;
        }
        answers.forEach(observer::onNext);
        observer.onCompleted();
    }
}
