package io.github.sessionferry.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.sessionferry.core.Capability;
import io.github.sessionferry.core.Precondition;
import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.StoreOutcome;
import io.github.sessionferry.testkit.TestClock;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInfo;

/**
 * What {@link SessionService} promises, as tests: extend it, say how to open the store and what the store can do.
 *
 * <pre>{@code
 * final class MyStoreContractTest extends SessionServiceContract {
 *     @Override
 *     protected SessionService create(TestClock clock) {
 *         return new MySessionService(clock);
 *     }
 *
 *     @Override
 *     protected Set<Capability> capabilities() {
 *         return EnumSet.of(Capability.WRITE, Capability.EVENTS);
 *     }
 * }
 * }</pre>
 *
 * <p>Every test carries the {@link Rule} that it proves; {@code docs/contract.md} lists them. A test whose rule needs a
 * capability that the store does not declare is skipped and says so. Tests use applications, users and sessions that no
 * other test uses, so they may share one store, also with other data in it.
 *
 * <p>Not thread-safe: JUnit makes an instance a test.
 *
 * @since 0.1
 */
public abstract class SessionServiceContract
        implements GeneralRules,
                CreateRules,
                FindRules,
                ListRules,
                AppendRules,
                DeleteRules,
                StoreRules,
                ScanRules,
                SharedStateRules,
                ExpiryRules,
                ValueRules,
                KeyRules {

    private static final Instant START = Instant.parse("2026-03-01T12:00:00.123456Z");

    private @Nullable Fixture fixture;

    /** For subclasses. */
    protected SessionServiceContract() {}

    /**
     * Opens the store; called before each test. The service is closed after the test.
     *
     * @param clock the clock that the store is to go by, if it can
     * @return a service; its store may hold sessions of earlier tests
     */
    protected abstract SessionService create(TestClock clock);

    /**
     * Declares what the store can do. It must be what {@link SessionService#capabilities()} says, so that whoever lowers
     * one has to change the test as well.
     *
     * @return the capabilities
     */
    protected abstract Set<Capability> capabilities();

    /**
     * Tells whether the store goes by the clock that {@link #create} got.
     *
     * @return true by default; false if a server's own clock rules, which skips the tests that move time
     */
    protected boolean controlsTime() {
        return true;
    }

    /**
     * Opens the store that a service works on once more, as another process would.
     *
     * @param service what {@link #create} returned
     * @return a second service on the same store, closed after the test; empty by default, then the first one is used
     */
    protected Optional<SessionService> reopen(SessionService service) {
        return Optional.empty();
    }

    /**
     * Puts a session into the store, for tests of reading.
     *
     * @param service what {@link #create} returned
     * @param session a session that the store does not have
     */
    protected void seed(SessionService service, Session session) {
        assertThat(service.store(session, Precondition.absent()).status()).isEqualTo(StoreOutcome.Status.CREATED);
    }

    /**
     * What the tests work with; for the tests themselves.
     *
     * @return the fixture of the running test
     */
    @Override
    public final Fixture fixture() {
        return Objects.requireNonNull(fixture, "no test is running");
    }

    @BeforeEach
    final void openStore(TestInfo test) {
        FailureMessages.showContent();
        Set<Capability> missing = EnumSet.noneOf(Capability.class);
        test.getTestMethod()
                .map(method -> method.getAnnotation(Rule.class))
                .ifPresent(rule -> missing.addAll(Set.of(rule.needs())));
        missing.removeAll(capabilities());
        assumeTrue(missing.isEmpty(), () -> "the store does not declare " + missing);
        TestClock clock = TestClock.at(START);
        SessionService service = create(clock);
        fixture = new Fixture(
                service,
                clock,
                controlsTime(),
                capabilities(),
                session -> seed(service, session),
                () -> reopen(service));
    }

    @AfterEach
    final void closeStore() {
        if (fixture != null) {
            fixture.close();
        }
    }
}
