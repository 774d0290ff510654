package io.github.sessionferry.testkit.firestore;

import static io.github.sessionferry.testkit.firestore.Protos.array;
import static io.github.sessionferry.testkit.firestore.Protos.bool;
import static io.github.sessionferry.testkit.firestore.Protos.bytes;
import static io.github.sessionferry.testkit.firestore.Protos.dbl;
import static io.github.sessionferry.testkit.firestore.Protos.integer;
import static io.github.sessionferry.testkit.firestore.Protos.map;
import static io.github.sessionferry.testkit.firestore.Protos.nul;
import static io.github.sessionferry.testkit.firestore.Protos.point;
import static io.github.sessionferry.testkit.firestore.Protos.string;
import static io.github.sessionferry.testkit.firestore.Protos.timestamp;
import static io.github.sessionferry.testkit.firestore.Protos.vector;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.firestore.v1.Cursor;
import com.google.firestore.v1.StructuredQuery;
import com.google.firestore.v1.StructuredQuery.CollectionSelector;
import com.google.firestore.v1.StructuredQuery.CompositeFilter;
import com.google.firestore.v1.StructuredQuery.Direction;
import com.google.firestore.v1.StructuredQuery.FieldFilter;
import com.google.firestore.v1.StructuredQuery.FieldReference;
import com.google.firestore.v1.StructuredQuery.Filter;
import com.google.firestore.v1.StructuredQuery.Order;
import com.google.firestore.v1.StructuredQuery.UnaryFilter;
import com.google.firestore.v1.Value;
import com.google.protobuf.Int32Value;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Asks the fake and the official emulator the same questions about the same documents. */
class FakeAgainstEmulatorIT {
    private static final String PROJECT = "p" + UUID.randomUUID();
    private static final List<Value> VALUES = List.of(
            nul(),
            bool(false),
            bool(true),
            dbl(Double.NaN),
            dbl(Double.NEGATIVE_INFINITY),
            integer(Long.MIN_VALUE),
            dbl(-0.0),
            integer(0),
            dbl(0.5),
            integer(1),
            dbl(1),
            integer(9007199254740993L),
            dbl(9007199254740992.0),
            dbl(Double.POSITIVE_INFINITY),
            timestamp(0, 1000),
            timestamp(5, 0),
            string(""),
            string("a"),
            string("a\u0000"),
            string("\uFFFD"),
            string("\uD83D\uDE00"),
            bytes(),
            bytes(1, 255),
            point(-1, 2),
            point(1, -2),
            array(),
            array(integer(1)),
            array(integer(1), string("a")),
            array(integer(2)),
            array(nul(), dbl(Double.NaN)),
            vector(1),
            vector(0, 1),
            map(Map.of()),
            map(Map.of("a", integer(1))),
            map(Map.of("a", integer(1), "b", nul())),
            map(Map.of("b", integer(0))));

    private static RawFirestore fake;
    private static RawFirestore emulator;
    private static FakeFirestore server;

    @BeforeAll
    static void fillBoth() {
        Optional<FirestoreEmulator> found = FirestoreEmulator.findShared();
        assumeTrue(found.isPresent(), FirestoreEmulator::absenceReason);
        server = FakeFirestore.start();
        fake = new RawFirestore(server.endpoint(), PROJECT);
        emulator = new RawFirestore(found.get().endpoint(), PROJECT);
        for (RawFirestore firestore : List.of(fake, emulator)) {
            fill(firestore);
        }
    }

    private static void fill(RawFirestore firestore) {
        for (int i = 0; i < VALUES.size(); i++) {
            Value reference = firestore.reference(i % 2 == 0 ? "c/a" : "c/a/d/e");
            firestore.set("c/v%02d".formatted(i), Map.of("x", VALUES.get(i), "n", integer(i % 5), "r", reference));
            firestore.set("c/v%02d/sub/s".formatted(i), Map.of("x", VALUES.get(i)));
        }
        firestore.set("c/without", Map.of("n", integer(7)));
        firestore.set("c/\uD83D\uDE00", Map.of("x", integer(100)));
        firestore.set("c/\uFFFD", Map.of("x", integer(100), "x.y", integer(1)));
        firestore.set("other/missing/sub/s", Map.of("x", integer(1)));
    }

    @AfterAll
    static void stop() {
        for (RawFirestore client : new RawFirestore[] {fake, emulator}) {
            if (client != null) {
                client.close();
            }
        }
        if (server != null) {
            server.close();
        }
    }

    @Test
    void queries_eachOperatorWithEachValue_agree() {
        Map<String, StructuredQuery> queries = new TreeMap<>();
        for (FieldFilter.Operator operator : FieldFilter.Operator.values()) {
            for (int i = 0; i < VALUES.size() && isOperator(operator); i++) {
                Value operand = takesList(operator) ? array(VALUES.get(i), integer(1)) : VALUES.get(i);
                queries.put(
                        operator + " " + i,
                        from("c").setWhere(where("x", operator, operand)).build());
            }
        }

        assertAgreement(queries);
    }

    private static boolean isOperator(FieldFilter.Operator operator) {
        return operator != FieldFilter.Operator.OPERATOR_UNSPECIFIED && operator != FieldFilter.Operator.UNRECOGNIZED;
    }

    private static boolean takesList(FieldFilter.Operator operator) {
        return List.of(FieldFilter.Operator.IN, FieldFilter.Operator.NOT_IN, FieldFilter.Operator.ARRAY_CONTAINS_ANY)
                .contains(operator);
    }

    @Test
    void queries_unaryOperators_agree() {
        Map<String, StructuredQuery> queries = new TreeMap<>();
        for (UnaryFilter.Operator operator : List.of(
                UnaryFilter.Operator.IS_NULL,
                UnaryFilter.Operator.IS_NOT_NULL,
                UnaryFilter.Operator.IS_NAN,
                UnaryFilter.Operator.IS_NOT_NAN)) {
            Filter filter = Filter.newBuilder()
                    .setUnaryFilter(
                            UnaryFilter.newBuilder().setField(field("x")).setOp(operator))
                    .build();
            queries.put(operator.name(), from("c").setWhere(filter).build());
        }

        assertAgreement(queries);
    }

    @Test
    void queries_orders_agree() {
        Map<String, StructuredQuery> queries = new TreeMap<>();
        queries.put("unordered", from("c").build());
        for (String text : List.of(
                "x",
                "x desc",
                "n,x desc",
                "n desc,x",
                "__name__",
                "__name__ desc",
                "r,x",
                "r desc",
                "x,__name__ desc",
                "n",
                "absent",
                "x.a",
                "`x.y`")) {
            queries.put(text, from("c").addAllOrderBy(orders(text)).build());
            queries.put(
                    text + " limited",
                    from("c")
                            .addAllOrderBy(orders(text))
                            .setOffset(3)
                            .setLimit(Int32Value.of(7))
                            .build());
            queries.put(
                    text + " group", group("sub").addAllOrderBy(orders(text)).build());
        }

        assertAgreement(queries);
    }

    @Test
    void queries_cursors_agree() {
        Map<String, StructuredQuery> queries = new TreeMap<>();
        for (int i = 0; i < VALUES.size(); i++) {
            for (boolean before : new boolean[] {true, false}) {
                Cursor one = Cursor.newBuilder()
                        .addValues(VALUES.get(i))
                        .setBefore(before)
                        .build();
                Cursor two = Cursor.newBuilder()
                        .addValues(VALUES.get(i))
                        .addValues(fake.reference("c/v%02d".formatted(i)))
                        .setBefore(before)
                        .build();
                Cursor name = Cursor.newBuilder()
                        .addValues(fake.reference("c/v%02d".formatted(i)))
                        .setBefore(before)
                        .build();
                String suffix = i + (before ? " before" : " after");
                for (String order : List.of("x,__name__", "x desc,__name__ desc")) {
                    queries.put(
                            order + " start " + suffix,
                            from("c")
                                    .addAllOrderBy(orders(order))
                                    .setStartAt(one)
                                    .build());
                    queries.put(
                            order + " end " + suffix,
                            from("c").addAllOrderBy(orders(order)).setEndAt(one).build());
                    queries.put(
                            order + " start2 " + suffix,
                            from("c")
                                    .addAllOrderBy(orders(order))
                                    .setStartAt(two)
                                    .build());
                    queries.put(
                            order + " end2 " + suffix,
                            from("c").addAllOrderBy(orders(order)).setEndAt(two).build());
                }
                queries.put(
                        "name start " + suffix,
                        from("c")
                                .addAllOrderBy(orders("__name__"))
                                .setStartAt(name)
                                .build());
                queries.put(
                        "name end " + suffix,
                        from("c")
                                .addAllOrderBy(orders("__name__"))
                                .setEndAt(name)
                                .build());
                queries.put(
                        "group " + suffix,
                        group("sub")
                                .addAllOrderBy(orders("__name__"))
                                .setStartAt(name)
                                .build());
            }
        }

        assertAgreement(queries);
    }

    @Test
    void queries_compositesAndNames_agree() {
        Filter small = where("n", FieldFilter.Operator.LESS_THAN, integer(3));
        Filter positive = where("x", FieldFilter.Operator.GREATER_THAN, integer(0));
        Filter one = where("x", FieldFilter.Operator.EQUAL, integer(1));
        Map<String, StructuredQuery> queries = new TreeMap<>();
        queries.put(
                "and",
                from("c")
                        .setWhere(composite(CompositeFilter.Operator.AND, small, positive))
                        .build());
        queries.put(
                "or",
                from("c")
                        .setWhere(composite(CompositeFilter.Operator.OR, small, one))
                        .build());
        queries.put(
                "and order",
                from("c")
                        .setWhere(composite(CompositeFilter.Operator.AND, small, positive))
                        .addAllOrderBy(orders("x desc"))
                        .build());
        queries.put(
                "or of and",
                from("c")
                        .setWhere(composite(
                                CompositeFilter.Operator.OR,
                                composite(CompositeFilter.Operator.AND, small, positive),
                                one))
                        .build());
        queries.put(
                "inequality, other order",
                from("c").setWhere(positive).addAllOrderBy(orders("n desc")).build());
        for (FieldFilter.Operator operator : List.of(
                FieldFilter.Operator.EQUAL,
                FieldFilter.Operator.GREATER_THAN,
                FieldFilter.Operator.LESS_THAN_OR_EQUAL,
                FieldFilter.Operator.NOT_EQUAL)) {
            queries.put(
                    "name " + operator,
                    from("c")
                            .setWhere(where("__name__", operator, fake.reference("c/v07")))
                            .build());
        }
        Filter first = where("n", FieldFilter.Operator.EQUAL, integer(1));
        queries.put(
                "equal, name desc",
                from("c").setWhere(first).addAllOrderBy(orders("__name__ desc")).build());
        queries.put(
                "less, name desc",
                from("c").setWhere(small).addAllOrderBy(orders("__name__ desc")).build());
        queries.put(
                "less, name",
                from("c").setWhere(small).addAllOrderBy(orders("__name__")).build());
        queries.put(
                "less name, name",
                from("c")
                        .setWhere(where("__name__", FieldFilter.Operator.LESS_THAN, fake.reference("c/v07")))
                        .addAllOrderBy(orders("__name__"))
                        .build());
        queries.put(
                "less, n, name",
                from("c")
                        .setWhere(small)
                        .addAllOrderBy(orders("n,__name__ desc"))
                        .build());
        queries.put(
                "in, name desc",
                from("c")
                        .setWhere(where("n", FieldFilter.Operator.IN, array(integer(1), integer(2))))
                        .addAllOrderBy(orders("__name__ desc"))
                        .build());
        queries.put(
                "contains, name desc",
                from("c")
                        .setWhere(where("x", FieldFilter.Operator.ARRAY_CONTAINS, integer(1)))
                        .addAllOrderBy(orders("__name__ desc"))
                        .build());
        queries.put(
                "equal name, name desc",
                from("c")
                        .setWhere(where("__name__", FieldFilter.Operator.EQUAL, fake.reference("c/v07")))
                        .addAllOrderBy(orders("__name__ desc"))
                        .build());
        queries.put(
                "greater name, name desc",
                from("c")
                        .setWhere(where("__name__", FieldFilter.Operator.GREATER_THAN, fake.reference("c/v07")))
                        .addAllOrderBy(orders("__name__ desc"))
                        .build());
        queries.put(
                "or, name desc",
                from("c")
                        .setWhere(composite(CompositeFilter.Operator.OR, first, one))
                        .addAllOrderBy(orders("__name__ desc"))
                        .build());
        queries.put(
                "and, name desc",
                from("c")
                        .setWhere(composite(CompositeFilter.Operator.AND, first, one))
                        .addAllOrderBy(orders("__name__ desc"))
                        .build());
        queries.put(
                "everything desc",
                StructuredQuery.newBuilder()
                        .addFrom(CollectionSelector.newBuilder().setAllDescendants(true))
                        .addAllOrderBy(orders("__name__ desc"))
                        .build());
        queries.put(
                "children of root",
                StructuredQuery.newBuilder()
                        .addFrom(CollectionSelector.newBuilder())
                        .build());
        queries.put("no from", StructuredQuery.newBuilder().build());
        queries.put(
                "everything",
                StructuredQuery.newBuilder()
                        .addFrom(CollectionSelector.newBuilder().setAllDescendants(true))
                        .build());
        queries.put("group", group("sub").build());
        queries.put(
                "select",
                from("c")
                        .setSelect(StructuredQuery.Projection.newBuilder().addFields(field("n")))
                        .build());
        queries.put(
                "select name",
                from("c")
                        .setSelect(StructuredQuery.Projection.newBuilder().addFields(field("__name__")))
                        .build());
        queries.put("limit 0", from("c").setLimit(Int32Value.of(0)).build());
        queries.put("negative limit", from("c").setLimit(Int32Value.of(-1)).build());
        queries.put("negative offset", from("c").setOffset(-1).build());
        queries.put(
                "bad field",
                from("c")
                        .setWhere(where("a..b", FieldFilter.Operator.EQUAL, nul()))
                        .build());
        queries.put(
                "empty in",
                from("c").setWhere(where("x", FieldFilter.Operator.IN, array())).build());

        assertAgreement(queries);
    }

    @Test
    void aggregations_agree() {
        for (StructuredQuery query : List.of(
                from("c").build(),
                group("sub").build(),
                from("none").build(),
                from("c")
                        .setWhere(where("x", FieldFilter.Operator.GREATER_THAN, integer(Long.MIN_VALUE)))
                        .build())) {
            for (String summed : List.of("x", "n", "absent")) {
                assertThat(fake.aggregate(query, summed)).isEqualTo(emulator.aggregate(query, summed));
            }
        }
    }

    @Test
    void listings_agree() {
        for (String collection : List.of("c", "other", "none")) {
            for (boolean missing : new boolean[] {true, false}) {
                assertThat(fake.listDocuments(collection, missing, 10))
                        .isEqualTo(emulator.listDocuments(collection, missing, 10));
            }
        }
        assertThat(fake.collectionIds("")).isEqualTo(emulator.collectionIds(""));
        assertThat(fake.collectionIds("/c/v01")).isEqualTo(emulator.collectionIds("/c/v01"));
    }

    private static void assertAgreement(Map<String, StructuredQuery> queries) {
        SoftAssertions softly = new SoftAssertions();
        queries.forEach(
                (name, query) -> softly.assertThat(answer(fake, query)).as(name).isEqualTo(answer(emulator, query)));
        softly.assertAll();
    }

    private static List<String> answer(RawFirestore firestore, StructuredQuery query) {
        try {
            return firestore.query(query);
        } catch (StatusRuntimeException e) {
            return List.of(Status.fromThrowable(e).getCode().name());
        }
    }

    private static StructuredQuery.Builder from(String collection) {
        return StructuredQuery.newBuilder()
                .addFrom(CollectionSelector.newBuilder().setCollectionId(collection));
    }

    private static StructuredQuery.Builder group(String collection) {
        return StructuredQuery.newBuilder()
                .addFrom(CollectionSelector.newBuilder()
                        .setCollectionId(collection)
                        .setAllDescendants(true));
    }

    private static FieldReference field(String path) {
        return FieldReference.newBuilder().setFieldPath(path).build();
    }

    private static Filter where(String path, FieldFilter.Operator operator, Value value) {
        return Filter.newBuilder()
                .setFieldFilter(FieldFilter.newBuilder()
                        .setField(field(path))
                        .setOp(operator)
                        .setValue(value))
                .build();
    }

    private static Filter composite(CompositeFilter.Operator operator, Filter... filters) {
        return Filter.newBuilder()
                .setCompositeFilter(CompositeFilter.newBuilder().setOp(operator).addAllFilters(List.of(filters)))
                .build();
    }

    private static List<Order> orders(String text) {
        List<Order> orders = new ArrayList<>();
        for (String part : text.split(",", -1)) {
            boolean descending = part.endsWith(" desc");
            orders.add(Order.newBuilder()
                    .setField(field(descending ? part.substring(0, part.length() - 5) : part))
                    .setDirection(descending ? Direction.DESCENDING : Direction.ASCENDING)
                    .build());
        }
        return orders;
    }
}
