package io.github.sessionferry.migration;

import io.github.sessionferry.core.Capability;
import io.github.sessionferry.core.ForwardingSessionService;
import io.github.sessionferry.core.ScanCursor;
import io.github.sessionferry.core.ScanPage;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.UnreadableRecord;
import java.util.List;
import java.util.Set;

/**
 * A store that has an unreadable record, and one of somebody else, on the last page of its first partition, and only some
 * capabilities.
 */
final class UnreadableRecordsService extends ForwardingSessionService {

    static final UnreadableRecord OTHER = new UnreadableRecord("folder/other.txt", "of somebody else");

    private final Set<Capability> capabilities;
    private final List<UnreadableRecord> unreadable;

    UnreadableRecordsService(SessionService store, Set<Capability> capabilities, UnreadableRecord... unreadable) {
        super(store);
        this.capabilities = capabilities;
        this.unreadable = List.of(unreadable);
    }

    @Override
    public Set<Capability> capabilities() {
        return capabilities;
    }

    @Override
    public List<ScanCursor> scanPartitions(int atMost) {
        return List.of(ScanCursor.START);
    }

    @Override
    public ScanPage scan(ScanCursor cursor, int limit) {
        ScanPage page = super.scan(cursor, limit);
        return page.next().isPresent() ? page : new ScanPage(page.sessions(), unreadable, List.of(OTHER), page.next());
    }
}
