package io.github.sessionferry.testkit.firestore;

import com.google.firestore.v1.RunQueryResponse;
import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import java.util.List;
import java.util.stream.Stream;

/** The messages that answer a query: one a document; one without a document if there is none. */
final class QueryAnswers {
    private QueryAnswers() {}

    static Stream<RunQueryResponse> of(
            Query query, List<Snapshot.Entry> results, Timestamp readTime, ByteString begunTransaction) {
        Stream<RunQueryResponse> documents = results.stream()
                .map(entry -> RunQueryResponse.newBuilder()
                        .setDocument(query.projected(entry.document()))
                        .setReadTime(readTime)
                        .build());
        Stream<RunQueryResponse> begun = begunTransaction.isEmpty()
                ? Stream.of()
                : Stream.of(RunQueryResponse.newBuilder()
                        .setTransaction(begunTransaction)
                        .build());
        Stream<RunQueryResponse> nothingFound = results.isEmpty()
                ? Stream.of(RunQueryResponse.newBuilder().setReadTime(readTime).build())
                : Stream.of();
        return Stream.of(begun, documents, nothingFound).flatMap(messages -> messages);
    }
}
