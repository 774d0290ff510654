package io.github.sessionferry.migration.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.sessionferry.core.ScanCursor;
import io.github.sessionferry.core.ScanPage;
import io.github.sessionferry.core.SessionSummary;
import io.github.sessionferry.core.UnreadableRecord;
import io.github.sessionferry.core.rollout.Channel;
import io.github.sessionferry.migration.UnreadableRecordsService;
import org.junit.jupiter.api.Test;

class StagedScanTest {

    private static final UnreadableRecord BROKEN = new UnreadableRecord("folder/broken.json", "half a file");

    @Test
    void scan_tellsWhatTheStoreThatDecidesTells() {
        try (TwoStores stores = new TwoStores()) {
            TwoStores.put(stores.source, TwoStores.session(TwoStores.key("ada", "s1"), 1));
            stores.reachedSource = new UnreadableRecordsService(stores.source, stores.source.capabilities(), BROKEN);

            ScanPage page = stores.process().serviceFor("ada", Channel.TEXT).scan(ScanCursor.START, 10);

            assertThat(page.sessions()).extracting(SessionSummary::key).containsExactly(TwoStores.key("ada", "s1"));
            assertThat(page.unreadable()).containsExactly(BROKEN);
            assertThat(page.passedOver()).containsExactly(UnreadableRecordsService.OTHER);
        }
    }
}
