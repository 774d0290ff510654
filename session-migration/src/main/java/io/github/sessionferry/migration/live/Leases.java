package io.github.sessionferry.migration.live;

import io.github.sessionferry.core.SessionService;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the processes of a migration say of themselves, kept in the source. Thread-safe. */
final class Leases {

    private static final String ACKNOWLEDGED = "acknowledged";
    private static final String OWN_DEBT = "own_debt";
    private static final String CALLS = "calls";
    private static final String ERRORS = "errors";
    private static final String EXPIRES = "expires";

    private final ControlRecords records;

    Leases(SessionService source, Clock clock) {
        records = new ControlRecords(source, "lease", clock);
    }

    void put(ProcessLease lease) {
        Map<String, @Nullable Object> document = new LinkedHashMap<>();
        document.put(ACKNOWLEDGED, lease.acknowledged());
        document.put(OWN_DEBT, (long) lease.ownDebt());
        document.put(CALLS, lease.calls());
        document.put(ERRORS, lease.errors());
        document.put(EXPIRES, lease.expires());
        records.put(lease.process(), document);
    }

    void remove(String process) {
        records.find(process).ifPresent(records::remove);
    }

    List<ProcessLease> all() {
        List<ProcessLease> leases = new ArrayList<>();
        records.forEach(record -> leases.add(read(record)));
        return leases;
    }

    /** Whether every process goes by a version of the plan; one that is not heard of any more may not. */
    boolean acknowledge(long version) {
        return all().stream().allMatch(lease -> lease.acknowledged() >= version);
    }

    /** A lease that cannot be read says nothing: its process has not acknowledged anything. */
    private static ProcessLease read(ControlRecords.Versioned record) {
        return new ProcessLease(
                record.id(),
                number(record, ACKNOWLEDGED).orElse(-1L),
                number(record, OWN_DEBT).map(Math::toIntExact).orElse(0),
                number(record, CALLS).orElse(0L),
                number(record, ERRORS).orElse(0L),
                record.values().get(EXPIRES) instanceof Instant expires ? expires : Instant.EPOCH);
    }

    private static Optional<Long> number(ControlRecords.Versioned record, String field) {
        return record.values().get(field) instanceof Long number ? Optional.of(number) : Optional.empty();
    }
}
