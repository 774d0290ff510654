package io.github.sessionferry.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.sessionferry.core.AppendOutcome;
import io.github.sessionferry.core.Capability;
import io.github.sessionferry.core.EventSelection;
import io.github.sessionferry.core.NewSession;
import io.github.sessionferry.core.Precondition;
import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionErrorCode;
import io.github.sessionferry.core.SessionEvent;
import io.github.sessionferry.core.SessionException;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.StoreOutcome;
import io.github.sessionferry.testkit.generators.SessionArbitraries;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.GenerationMode;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AddLifecycleHook;
import net.jqwik.api.lifecycle.PropagationMode;
import org.jspecify.annotations.Nullable;

/**
 * What {@link SessionService} promises for any session, as properties for jqwik: extend it beside {@link
 * SessionServiceContract} and say how to open the store.
 *
 * <p>Every try uses an application of its own, so the store may be a shared one. A property that fails reports the
 * smallest session that it could find, and the seed to repeat it with.
 *
 * <p>Not thread-safe: jqwik makes an instance a try.
 *
 * @since 0.1
 */
@AddLifecycleHook(value = TriesOfTheStore.class, propagateTo = PropagationMode.ALL_DESCENDANTS)
public abstract class SessionServiceProperties {

    private static final int MOST_TRIES = 100_000;

    /** For subclasses. */
    protected SessionServiceProperties() {
        FailureMessages.showContent();
    }

    /**
     * Opens the store; called before each try. The service is closed after the try.
     *
     * @return a service
     */
    protected abstract SessionService create();

    /**
     * Declares what the store can do, as the test of the contract does.
     *
     * @return the capabilities
     */
    protected abstract Set<Capability> capabilities();

    /**
     * How many sessions each property is tried with.
     *
     * @return 200 by default, at most 100,000; fewer for a store that is slow
     */
    protected int tries() {
        return 200;
    }

    @Rule(
            value = "P-01",
            needs = {Capability.WRITE, Capability.EVENTS})
    @Property(tries = MOST_TRIES, generation = GenerationMode.RANDOMIZED, edgeCases = EdgeCasesMode.NONE)
    final void store_anySession_isFoundEqual(@ForAll("sessions") Session session) {
        Assume.that(capabilities().containsAll(Set.of(Capability.WRITE, Capability.EVENTS)));
        Session own = inAppOfItsOwn(session);

        try (SessionService service = create()) {
            StoreOutcome created = service.store(own, Precondition.absent());
            Optional<Session> found = service.find(own.key(), EventSelection.all());
            StoreOutcome again = service.store(own, Precondition.none());

            assertThat(created.status()).isEqualTo(StoreOutcome.Status.CREATED);
            assertThat(found).contains(own);
            assertThat(again.status()).isEqualTo(StoreOutcome.Status.UNCHANGED);
        }
    }

    @Rule(
            value = "P-02",
            needs = {Capability.WRITE, Capability.EVENTS})
    @Property(tries = MOST_TRIES, generation = GenerationMode.RANDOMIZED, edgeCases = EdgeCasesMode.NONE)
    final void append_anyEvent_isFoundEqual(@ForAll("events") SessionEvent event) {
        Assume.that(capabilities().containsAll(Set.of(Capability.WRITE, Capability.EVENTS)));
        SessionKey key = new SessionKey(newAppName(), "user", "session");

        try (SessionService service = create()) {
            service.create(NewSession.builder(key).build());
            AppendOutcome first = service.append(key, event);
            AppendOutcome again = service.append(key, event);
            Session found = service.find(key, EventSelection.all()).orElseThrow();

            assertThat(List.of(first, again)).containsExactly(AppendOutcome.APPENDED, AppendOutcome.ALREADY_PRESENT);
            assertThat(found.events()).containsExactly(event);
            assertThat(found.state()).isEqualTo(event.stateDelta());
        }
    }

    @Rule(value = "P-03", needs = Capability.WRITE)
    @Property(tries = MOST_TRIES, generation = GenerationMode.RANDOMIZED, edgeCases = EdgeCasesMode.NONE)
    final void create_anyKey_isFoundOrRefused(@ForAll("keys") SessionKey someKey) {
        Assume.that(capabilities().contains(Capability.WRITE));
        SessionKey key = new SessionKey(newAppName() + someKey.appName(), someKey.userId(), someKey.sessionId());

        try (SessionService service = create()) {
            @Nullable Session created = createdUnlessRefused(service, key);

            if (created != null) {
                assertThat(created.key()).isEqualTo(key);
                assertThat(service.find(key, EventSelection.all())).contains(created);
            }
        }
    }

    /**
     * The sessions to try.
     *
     * @return a generator
     */
    @Provide
    protected Arbitrary<Session> sessions() {
        return SessionArbitraries.sessions();
    }

    /**
     * The events to try.
     *
     * @return a generator
     */
    @Provide
    protected Arbitrary<SessionEvent> events() {
        return SessionArbitraries.events();
    }

    /**
     * The keys to try.
     *
     * @return a generator
     */
    @Provide
    protected Arbitrary<SessionKey> keys() {
        return SessionArbitraries.keys();
    }

    private static @Nullable Session createdUnlessRefused(SessionService service, SessionKey key) {
        try {
            return service.create(NewSession.builder(key).build());
        } catch (SessionException e) {
            assertThat(e.code()).isEqualTo(SessionErrorCode.INVALID_SESSION);
            return null;
        }
    }

    private static Session inAppOfItsOwn(Session session) {
        SessionKey key = new SessionKey(
                newAppName(), session.key().userId(), session.key().sessionId());
        return Session.builder(key, session.updateTime())
                .createTime(session.createTime().orElse(null))
                .state(session.state())
                .fields(session.fields())
                .events(session.events())
                .build();
    }

    private static String newAppName() {
        return "app-" + UUID.randomUUID();
    }
}
