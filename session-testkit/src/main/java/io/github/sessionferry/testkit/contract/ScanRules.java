package io.github.sessionferry.testkit.contract;

import static io.github.sessionferry.core.Capability.WRITE;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.sessionferry.core.Precondition;
import io.github.sessionferry.core.ScanCursor;
import io.github.sessionferry.core.ScanPage;
import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.SessionSummary;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What {@link io.github.sessionferry.core.SessionService#scan} and {@code scanPartitions} promise. */
interface ScanRules extends ContractRules {

    @Rule("S-701")
    @Test
    default void scan_anyPageSize_isEverySessionOnce() {
        Set<SessionKey> keys = severalApps();

        for (int limit : List.of(1, 3, 1000)) {
            assertThat(fixture().scanned(ScanCursor.START, limit, keys)).containsExactlyInAnyOrderElementsOf(keys);
        }
    }

    @Rule("S-702")
    @Test
    default void scan_partitions_areDisjointAndComplete() {
        Set<SessionKey> keys = severalApps();

        for (int atMost : List.of(1, 2, 5)) {
            List<ScanCursor> partitions = fixture().service().scanPartitions(atMost);
            List<SessionKey> scanned = new ArrayList<>();
            partitions.forEach(partition -> scanned.addAll(fixture().scanned(partition, 2, keys)));

            assertThat(partitions).hasSizeBetween(1, atMost);
            assertThat(scanned).containsExactlyInAnyOrderElementsOf(keys);
        }
    }

    @Rule("S-703")
    @Test
    default void scan_fromAToken_goesOnInAnotherProcess() {
        Set<SessionKey> keys = severalApps();
        SessionService second = fixture().secondService();

        for (ScanCursor partition : fixture().service().scanPartitions(2)) {
            List<SessionKey> scanned = new ArrayList<>();
            SessionService scanner = fixture().service();
            Optional<ScanCursor> next = Optional.of(partition);
            while (next.isPresent()) {
                ScanPage page = scanner.scan(new ScanCursor(next.get().token()), 1);
                page.sessions().forEach(summary -> scanned.add(summary.key()));
                next = page.next();
                scanner = scanner == second ? fixture().service() : second;
            }
            assertThat(scanned.stream().filter(keys::contains))
                    .containsExactlyInAnyOrderElementsOf(fixture().scanned(partition, 1000, keys));
        }
    }

    @Rule(value = "S-704", needs = WRITE)
    @Test
    default void scan_whileSessionsComeAndGo_isEachThatStandsOnce() {
        Set<SessionKey> keys = severalApps();
        List<SessionKey> going = new ArrayList<>();
        for (SessionKey key : keys) {
            SessionKey sibling = fixture().sibling(key);
            fixture().create(sibling);
            going.add(sibling);
        }

        List<SessionKey> scanned = new ArrayList<>();
        Optional<ScanCursor> next = Optional.of(ScanCursor.START);
        while (next.isPresent()) {
            ScanPage page = fixture().service().scan(next.get(), 2);
            page.sessions().forEach(summary -> scanned.add(summary.key()));
            next = page.next();
            if (!going.isEmpty()) {
                SessionKey gone = going.remove(0);
                fixture().service().delete(gone, Precondition.none());
                if (going.size() % 3 == 0) {
                    fixture().create(fixture().sibling(gone));
                }
            }
        }

        assertThat(scanned.stream().filter(keys::contains)).containsExactlyInAnyOrderElementsOf(keys);
    }

    @Rule("S-705")
    @Test
    default void scan_summary_isNotNewerThanTheSession() {
        SessionKey key = fixture().newKey();
        Session session = fixture().seeded(fixture().sample(key));

        Optional<ScanCursor> next = Optional.of(ScanCursor.START);
        List<SessionSummary> met = new ArrayList<>();
        while (next.isPresent()) {
            ScanPage page = fixture().service().scan(next.get(), 100);
            page.sessions().stream()
                    .filter(summary -> summary.key().equals(key))
                    .forEach(met::add);
            next = page.next();
        }

        assertThat(met).hasSize(1);
        assertThat(met.get(0).updateTime()).isBeforeOrEqualTo(session.updateTime());
    }

    private Set<SessionKey> severalApps() {
        Set<SessionKey> keys = new LinkedHashSet<>();
        for (int i = 0; i < 3; i++) {
            SessionKey key = fixture().newKey();
            keys.addAll(List.of(key, fixture().sibling(key), fixture().ofOtherUser(key)));
        }
        keys.forEach(key -> fixture().seeded(fixture().session(key).build()));
        return keys;
    }
}
