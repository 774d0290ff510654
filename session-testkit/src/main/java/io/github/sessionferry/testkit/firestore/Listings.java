package io.github.sessionferry.testkit.firestore;

import com.google.firestore.v1.Cursor;
import com.google.firestore.v1.Document;
import com.google.firestore.v1.ListCollectionIdsRequest;
import com.google.firestore.v1.ListCollectionIdsResponse;
import com.google.firestore.v1.ListDocumentsRequest;
import com.google.firestore.v1.ListDocumentsResponse;
import com.google.firestore.v1.PartitionQueryRequest;
import com.google.firestore.v1.PartitionQueryResponse;
import com.google.firestore.v1.Value;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** The paged listings: documents, collections, partitions. */
final class Listings {
    private static final int DOCUMENTS_PER_PAGE = 300;
    private static final int OTHERS_PER_PAGE = 1000;

    private Listings() {}

    static ListDocumentsResponse documents(ListDocumentsRequest request, Snapshot snapshot) {
        if (!request.getOrderBy().isEmpty()
                && !request.getOrderBy().equals(FieldPath.NAME.names().get(0))) {
            throw Failures.unimplemented("FakeFirestore lists documents by __name__ only.");
        }
        ResourcePath collection =
                snapshot.database().parent(request.getParent()).child(request.getCollectionId());
        Stream<String> ids = snapshot.childIds(collection, Page.lastName(request.getPageToken()))
                .filter(id -> request.getShowMissing() || snapshot.find(collection.child(id)) != null);
        Page page = Page.of(ids, Page.size(request.getPageSize(), DOCUMENTS_PER_PAGE));
        ListDocumentsResponse.Builder response =
                ListDocumentsResponse.newBuilder().setNextPageToken(page.nextToken());
        page.names().forEach(id -> response.addDocuments(listed(collection.child(id), request, snapshot)));
        return response.build();
    }

    private static Document listed(ResourcePath path, ListDocumentsRequest request, Snapshot snapshot) {
        Document document = snapshot.find(path);
        if (document == null) {
            return Document.newBuilder()
                    .setName(snapshot.database().nameOf(path))
                    .build();
        }
        return request.hasMask() ? Projection.of(document, request.getMask()) : document;
    }

    static ListCollectionIdsResponse collections(ListCollectionIdsRequest request, Snapshot snapshot) {
        ResourcePath parent = snapshot.database().parent(request.getParent());
        Page page = Page.of(
                snapshot.childIds(parent, Page.lastName(request.getPageToken())),
                Page.size(request.getPageSize(), OTHERS_PER_PAGE));
        return ListCollectionIdsResponse.newBuilder()
                .addAllCollectionIds(page.names())
                .setNextPageToken(page.nextToken())
                .build();
    }

    /** At most as many points as asked for, which cut a collection group into parts of about one size. */
    static PartitionQueryResponse partitions(PartitionQueryRequest request, Snapshot snapshot) {
        Query query = new Query(snapshot.database().parent(request.getParent()), request.getStructuredQuery());
        if (!query.isPartitionable()) {
            throw Failures.invalid("Only collection group queries ordered by __name__ can be partitioned.");
        }
        if (request.getPartitionCount() <= 0) {
            throw Failures.invalid("partition_count must be positive");
        }
        List<String> names = query.run(snapshot).stream()
                .map(entry -> entry.document().getName())
                .toList();
        Stream<String> points = points(names, request.getPartitionCount());
        String last = Page.lastName(request.getPageToken());
        Page page = Page.of(
                points.filter(name -> last.isEmpty() || follows(name, last, snapshot.database())),
                Page.size(request.getPageSize(), OTHERS_PER_PAGE));
        PartitionQueryResponse.Builder response =
                PartitionQueryResponse.newBuilder().setNextPageToken(page.nextToken());
        page.names().forEach(name -> response.addPartitions(startingAt(name)));
        return response.build();
    }

    private static Stream<String> points(List<String> names, long count) {
        long parts = Math.min(count + 1, names.size());
        return LongStream.range(1, parts).mapToObj(part -> names.get((int) (part * names.size() / parts)));
    }

    private static boolean follows(String name, String other, DatabaseName database) {
        return database.document(name).compareTo(database.document(other)) > 0;
    }

    private static Cursor startingAt(String name) {
        return Cursor.newBuilder()
                .addValues(Value.newBuilder().setReferenceValue(name))
                .setBefore(true)
                .build();
    }
}
