package io.github.sessionferry.cli;

import io.github.sessionferry.migration.live.Guard;
import io.github.sessionferry.migration.live.MigrationStatus;
import io.github.sessionferry.migration.live.PlanChange;
import io.github.sessionferry.migration.live.PlanPosition;
import io.github.sessionferry.migration.live.ProcessLease;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Says how far a migration is. Thread-safe: static methods only. */
final class StageOutput {

    private StageOutput() {}

    static void tell(MigrationStatus status, Console console) {
        console.say(console.styled("bold", position(status)) + " (version "
                + status.plan().version() + ")");
        if (status.plan().version() > 0) {
            PlanChange change = status.change();
            console.say("  since " + change.time() + ", by " + Printable.id(change.by())
                    + (change.reason().isEmpty() ? "" : ": " + Printable.line(change.reason())));
            console.say("  salt " + Printable.id(status.plan().policy().salt()) + ", "
                    + status.plan().policy().allowedUserIds().size() + " users listed, "
                    + status.plan().policy().deniedUserIds().size() + " denied");
        }
        tellProcesses(status, console);
        console.say(status.validatedAt()
                .map(time -> "  Validated: both stores were equal at " + time)
                .orElse("  Not validated in this stage"));
        if (status.owesCarryBack()) {
            console.say(
                    "  The target has what the source has never been given: run \"session rollback\" to carry it back");
        }
        console.result(fields(status));
    }

    private static String position(MigrationStatus status) {
        return position(status.change().to(), status.plan().version());
    }

    private static String position(PlanPosition position, long version) {
        return version == 0 ? "SOURCE_ONLY; no stage was ever set" : position.toString();
    }

    private static void tellProcesses(MigrationStatus status, Console console) {
        List<ProcessLease> behind = status.behind();
        if (status.processes().isEmpty()) {
            console.say("  No process follows: each needs a StoredPlan of this source");
        } else {
            console.say("  " + status.processes().size() + " processes, of which " + behind.size()
                    + " may still go by an older version");
        }
        behind.forEach(lease -> console.say("    " + Printable.id(lease.process()) + " has acknowledged version "
                + lease.acknowledged() + ", heard of until " + lease.expires()));
    }

    private static Map<String, @Nullable Object> fields(MigrationStatus status) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("version", status.plan().version());
        fields.put("base", status.plan().base().name());
        fields.put("rollout", status.plan().rollout().name());
        fields.put("percentage", status.plan().policy().percentage());
        fields.put("salt", status.plan().policy().salt());
        fields.put("allowedUsers", status.plan().policy().allowedUserIds().size());
        fields.put("deniedUsers", status.plan().policy().deniedUserIds().size());
        fields.put("settledAt", status.settledAt().map(Instant::toString).orElse(null));
        fields.put("validatedAt", status.validatedAt().map(Instant::toString).orElse(null));
        fields.put("owesCarryBack", status.owesCarryBack());
        fields.put(
                "processes",
                status.processes().stream().map(StageOutput::fields).toList());
        return fields;
    }

    private static Map<String, Object> fields(ProcessLease lease) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("process", lease.process());
        fields.put("acknowledged", lease.acknowledged());
        fields.put("ownDebt", lease.ownDebt());
        fields.put("calls", lease.calls());
        fields.put("errors", lease.errors());
        fields.put("expires", lease.expires().toString());
        return fields;
    }

    static Map<String, Object> fields(PlanChange change) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("version", change.version());
        fields.put("time", change.time().toString());
        fields.put("by", change.by());
        fields.put("reason", change.reason());
        fields.put("from", fields(change.from()));
        fields.put("to", fields(change.to()));
        fields.put(
                "overridden",
                change.overridden().stream().map(Guard::name).sorted().toList());
        fields.put("outcome", change.outcome().name());
        return fields;
    }

    private static Map<String, Object> fields(PlanPosition position) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("base", position.base().name());
        fields.put("rollout", position.rollout().name());
        fields.put("percentage", position.percentage());
        return fields;
    }

    static String names(Collection<Guard> guards) {
        return guards.stream().map(Guard::name).sorted().collect(Collectors.joining(", "));
    }
}
