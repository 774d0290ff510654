package io.github.sessionferry.migration.live;

import io.github.sessionferry.core.SessionErrorCode;
import io.github.sessionferry.core.SessionException;
import io.github.sessionferry.core.SessionService;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The plan in the source, which many may read and change, and how it came about. Thread-safe. */
final class PlanRecords {

    private static final Logger LOG = LoggerFactory.getLogger(MigrationController.class);

    static final String KIND = "plan";

    private static final String ID = "plan";

    private final SessionService source;
    private final Clock clock;
    private final ControlRecords plans;
    private final ControlRecords changes;

    PlanRecords(SessionService source, Clock clock) {
        this.source = source;
        this.clock = clock;
        plans = new ControlRecords(source, KIND, clock);
        changes = new ControlRecords(source, "audit", clock);
    }

    /**
     * The record as it was read.
     *
     * @param read where it stood, to be replaced only if nobody has changed it since; empty if there is none yet
     * @param record what it says
     */
    record Standing(Optional<ControlRecords.Versioned> read, PlanRecord record) {}

    Optional<Standing> find() {
        return plans.find(ID).map(read -> new Standing(Optional.of(read), parse(read)));
    }

    private PlanRecord parse(ControlRecords.Versioned read) {
        try {
            return PlanRecord.read(read.values());
        } catch (IllegalArgumentException e) {
            throw new SessionException(
                    SessionErrorCode.CORRUPT,
                    "the plan in " + source.name() + " cannot be read: " + e.getMessage()
                            + "; use the release that has written it, or restore the record",
                    e);
        }
    }

    /** Writes a plan if nobody has written one since, and tells whether that was so. */
    boolean write(Standing standing, PlanRecord next) {
        return standing.read().isPresent()
                ? plans.replace(standing.read().get(), next.write())
                : plans.create(ID, next.write());
    }

    /** Notes that a plan is settled, if it is, and tells what stands then. */
    Standing settle(Standing standing, Leases leases) {
        PlanRecord record = standing.record();
        if (record.plan().isSettled() || !leases.acknowledge(record.plan().version())) {
            return standing;
        }
        if (write(standing, record.settled(clock.instant()))) {
            LOG.info("event=stage_settled version={}", record.plan().version());
        }
        return find().orElse(standing);
    }

    /** Keeps how a plan came about; once it is kept, doing so again changes nothing. */
    void keep(PlanChange change) {
        var unused = changes.create(id(change), PlanRecord.write(change));
    }

    private static String id(PlanChange change) {
        String version = String.format("%019d", change.version());
        return change.outcome() == PlanChange.Outcome.REFUSED ? version + "-" + UUID.randomUUID() : version;
    }

    /** All changes, the oldest first. */
    List<PlanChange> history() {
        List<PlanChange> history = new ArrayList<>();
        changes.forEach(record -> history.add(PlanRecord.readChange(record.values())));
        find().map(standing -> standing.record().change())
                .filter(last -> history.stream().noneMatch(last::equals))
                .ifPresent(history::add);
        history.sort(Comparator.comparing(PlanChange::time)
                .thenComparing(PlanChange::version)
                .thenComparing(PlanChange::outcome, Comparator.reverseOrder()));
        return history;
    }
}
