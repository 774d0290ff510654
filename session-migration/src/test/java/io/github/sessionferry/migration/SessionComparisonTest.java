package io.github.sessionferry.migration;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.sessionferry.core.Capability;
import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.migration.Difference.Kind;
import io.github.sessionferry.testkit.InMemorySessionService;
import java.util.EnumSet;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SessionComparisonTest {

    private final InMemorySessionService store = InMemorySessionService.create();
    private final SessionComparison comparison = SessionComparison.exact(store, store);
    private final Session session = Samples.session(Samples.key(1), 3);

    @Test
    void differences_withATargetThatIsNotWhole_tellsIt() {
        Session broken = session.toBuilder().complete(false).build();

        assertThat(comparison.differences(session, broken))
                .extracting(Difference::kind)
                .containsExactly(Kind.INCOMPLETE);
        assertThat(comparison.isUpToDate(session, broken)).isFalse();
    }

    @Test
    void differences_withAnotherExpiry_areFoundIfBothStoresKeepIt() {
        Session expiring =
                session.toBuilder().expireTime(Samples.T0.plusSeconds(60)).build();
        Session later =
                session.toBuilder().expireTime(Samples.T0.plusSeconds(90)).build();

        assertThat(comparison.differences(expiring, later))
                .extracting(Difference::kind)
                .containsExactly(Kind.DIFFERENT_TIME);
        assertThat(comparison.differences(expiring, session))
                .extracting(Difference::kind)
                .containsExactly(Kind.MISSING);
        assertThat(comparison.differences(session, expiring))
                .extracting(Difference::kind)
                .containsExactly(Kind.UNEXPECTED);
    }

    @Test
    void differences_withAnExpiryThatOneStoreCannotKeep_areNone() {
        SessionService withoutExpiry =
                new UnreadableRecordsService(store, EnumSet.complementOf(EnumSet.of(Capability.EXPIRY)));
        Session expiring = session.toBuilder().expireTime(Samples.T0).build();

        assertThat(SessionComparison.exact(withoutExpiry, store).differences(session, expiring))
                .isEmpty();
    }

    @Test
    void differences_ignoreSharedAndTemporaryState() {
        Session other = session.toBuilder()
                .state(Map.of(
                        "cart", session.state().get("cart"), "count", 7L, "app:a", 1L, "user:b", 2L, "temp:c", 3L))
                .build();

        assertThat(comparison.differences(session, other)).isEmpty();
    }
}
