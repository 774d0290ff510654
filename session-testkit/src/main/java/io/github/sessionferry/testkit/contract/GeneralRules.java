package io.github.sessionferry.testkit.contract;

import static io.github.sessionferry.core.Capability.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.github.sessionferry.core.CallQuota;
import io.github.sessionferry.core.Capability;
import io.github.sessionferry.core.EventSelection;
import io.github.sessionferry.core.Precondition;
import io.github.sessionferry.core.ScanCursor;
import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionErrorCode;
import io.github.sessionferry.core.SessionEvent;
import io.github.sessionferry.core.SessionException;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SessionQuery;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.SharedValue;
import io.github.sessionferry.core.StoreRequest;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What every operation promises. */
interface GeneralRules extends ContractRules {

    @Rule("S-001")
    @Test
    default void capabilities_areThoseDeclared() {
        Set<Capability> capabilities = fixture().service().capabilities();

        assertThat(capabilities).isEqualTo(fixture().declared());
        assertThat(fixture().service().capabilities()).isEqualTo(capabilities);
        assertThatThrownBy(() -> capabilities.remove(Capability.WRITE))
                .isInstanceOf(UnsupportedOperationException.class);
    }

    @Rule("S-002")
    @Test
    default void name_isNotBlank() {
        assertThat(fixture().service().name()).isNotBlank();
    }

    @Rule("S-003")
    @Test
    default void close_thenAnyCall_isRefused() {
        SessionService service = fixture().service();

        service.close();
        service.close();

        assertThat(operations().entrySet())
                .allSatisfy(operation -> assertThat(catchThrowableOfType(SessionException.class, operation.getValue()))
                        .as(operation.getKey())
                        .isNotNull()
                        .extracting(SessionException::code)
                        .isEqualTo(SessionErrorCode.CLOSED));
    }

    @Rule("S-004")
    @Test
    default void interruptedThread_staysInterruptedAndIsToldTheTruth() {
        SessionKey key = fixture().newKey();
        Session session = fixture().seeded(fixture().sample(key));
        operations().forEach((name, operation) -> {
            Thread.currentThread().interrupt();
            Throwable thrown = catchThrowable(operation);

            assertThat(Thread.interrupted())
                    .as("interrupt status after " + name)
                    .isTrue();
            if (thrown != null) {
                assertThat(thrown)
                        .as(name)
                        .isInstanceOfSatisfying(
                                SessionException.class,
                                e -> assertThat(e.code())
                                        .isIn(
                                                SessionErrorCode.UNAVAILABLE,
                                                SessionErrorCode.AMBIGUOUS,
                                                SessionErrorCode.NOT_FOUND,
                                                SessionErrorCode.UNSUPPORTED));
            }
        });

        assertThat(fixture().find(key)).contains(session);
    }

    @Rule(value = "S-005", needs = WRITE)
    @Test
    default void failures_tellNoContent() {
        String secret = "s3cr3t-" + fixture().newName("value");
        SessionKey key = fixture().newKey();
        SessionEvent event = fixture().event("e1", 1).toBuilder()
                .content(Map.of("role", "user", "parts", List.of(Map.of("text", secret))))
                .stateDelta(Map.of("k", secret))
                .build();
        fixture().create(key, Map.of("k", secret));

        List<@Nullable Throwable> failures = List.of(
                catchThrowable(() -> fixture().create(key, Map.of("k", secret))),
                catchThrowable(() -> fixture().service().append(fixture().sibling(key), event)));

        assertThat(failures)
                .doesNotContainNull()
                .allSatisfy(failure -> assertThat(trace(failure)).doesNotContain(secret));
        assertThat(fixture().service()).asString().doesNotContain(secret);
    }

    @Rule("S-006")
    @Test
    default void readOnlyStore_refusesChanges() {
        assumeFalse(fixture().can(Capability.WRITE), "the store can be written to");

        assertThat(operations().entrySet().stream().filter(operation -> CHANGES.contains(operation.getKey())))
                .allSatisfy(operation -> assertThat(catchThrowableOfType(SessionException.class, operation.getValue()))
                        .as(operation.getKey())
                        .isNotNull()
                        .extracting(SessionException::code)
                        .isEqualTo(SessionErrorCode.UNSUPPORTED));
    }

    @Rule(value = "S-007", needs = WRITE)
    @Test
    default void storeWithoutEvents_appliesTheDeltaAlone() {
        assumeFalse(fixture().can(Capability.EVENTS), "the store keeps events");
        SessionKey key = fixture().newKey();
        fixture().create(key, Map.of("topic", "ferries"));

        fixture().service().append(key, fixture().changing("e1", 1, Map.of("turns", 1L)));

        assertThat(fixture().found(key).state()).isEqualTo(Map.of("topic", "ferries", "turns", 1L));
        assertThat(fixture().found(key).events()).isEmpty();
    }

    @Rule("S-008")
    @Test
    default void limits_belowTheLeast_areRefused() {
        SessionService service = fixture().service();
        SessionQuery query = SessionQuery.ofApp(fixture().newName("app"));

        assertThatThrownBy(() -> service.list(query, ScanCursor.START, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> service.scan(ScanCursor.START, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> service.scanSharedScopes(ScanCursor.START, 1))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> service.scanPartitions(0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Rule("S-009")
    @Test
    default void viewForBulkWork_isTheSameStore() {
        SessionService view = fixture().service().forBulkWork(0.3);
        SessionKey key = fixture().newKey();
        Session session = fixture().seeded(fixture().sample(key));

        assertThat(view.name()).isEqualTo(fixture().service().name());
        assertThat(view.capabilities()).isEqualTo(fixture().declared());
        assertThat(view.find(key, EventSelection.all())).contains(session);
    }

    @Rule(value = "S-013", needs = WRITE)
    @Test
    default void viewForBulkWork_whatItWrites_isInTheStore() {
        SessionService view = fixture().service().forBulkWork(0);
        Session session = fixture().sample(fixture().newKey());

        view.store(session, Precondition.absent());

        assertThat(fixture().find(session.key())).contains(session);
    }

    @Rule("S-010")
    @Test
    default void viewForBulkWork_reserveOutOfBounds_isRefused() {
        SessionService service = fixture().service();

        assertThat(List.of(-0.01, 1.0, 30.0, Double.NaN))
                .allSatisfy(reserve -> assertThatThrownBy(() -> service.forBulkWork(reserve))
                        .isInstanceOf(IllegalArgumentException.class));
    }

    @Rule("S-011")
    @Test
    default void quotas_eachKindIsToldOnce_withinItsLimit() {
        SessionService view = fixture().service().forBulkWork(0.3);
        fixture().seeded(fixture().sample(fixture().newKey()));
        view.find(fixture().newKey(), EventSelection.all());

        assertThat(view.quotas()).extracting(CallQuota::kind).doesNotHaveDuplicates();
        assertThat(view.quotas()).allSatisfy(quota -> {
            assertThat(quota.ratePerMinute()).isPositive().isLessThanOrEqualTo(quota.perMinute());
            assertThat(quota.refused()).isBetween(0L, quota.made());
        });
    }

    @Rule("S-012")
    @Test
    default void estimatedSessions_ifTold_areNotFewerThanThereAre() {
        fixture().seeded(fixture().sample(fixture().newKey()));
        fixture().seeded(fixture().sample(fixture().newKey()));

        OptionalLong estimate = fixture().service().estimatedSessions();

        assertThat(estimate.orElse(2)).isGreaterThanOrEqualTo(2);
    }

    /** The operations that change something. */
    Set<String> CHANGES = Set.of("create", "append", "delete", "store", "storeSharedState");

    /** One call of each operation, on sessions that do not exist. */
    private Map<String, ThrowingCallable> operations() {
        SessionService service = fixture().service();
        SessionKey key = fixture().newKey();
        Session session = fixture().sample(fixture().newKey());
        Map<String, ThrowingCallable> operations = new LinkedHashMap<>();
        operations.put("create", () -> fixture().create(fixture().newKey()));
        operations.put("find", () -> service.find(key, EventSelection.all()));
        operations.put("findAll", () -> service.findAll(List.of(key), EventSelection.none()));
        operations.put("list", () -> service.list(SessionQuery.ofApp(key.appName()), ScanCursor.START, 1));
        operations.put("append", () -> service.append(key, fixture().event("e1", 1)));
        operations.put("delete", () -> service.delete(key, Precondition.none()));
        operations.put("scanPartitions", () -> service.scanPartitions(2));
        operations.put("scan", () -> service.scan(ScanCursor.START, 1));
        operations.put("store", () -> service.store(session, Precondition.none()));
        operations.put(
                "storeAll",
                () -> service.storeAll(List.of(new StoreRequest(session, Precondition.none())))
                        .get(0)
                        .get());
        operations.put("findSharedState", () -> service.findSharedState(key.appScope()));
        operations.put(
                "storeSharedState",
                () -> service.storeSharedState(
                        key.appScope(), Map.of("motd", SharedValue.of("hello", Fixture.CREATED))));
        operations.put("scanSharedScopes", () -> service.scanSharedScopes(ScanCursor.START, 2));
        operations.put("a view's find", () -> service.forBulkWork(0).find(key, EventSelection.all()));
        return operations;
    }

    private static String trace(Throwable failure) {
        StringWriter trace = new StringWriter();
        failure.printStackTrace(new PrintWriter(trace));
        return trace.toString();
    }
}
