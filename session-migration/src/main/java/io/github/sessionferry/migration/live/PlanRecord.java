package io.github.sessionferry.migration.live;

import io.github.sessionferry.core.rollout.RolloutPlan;
import io.github.sessionferry.core.rollout.RolloutPolicy;
import io.github.sessionferry.core.rollout.Stage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The plan as the source keeps it for all processes. Immutable.
 *
 * @param plan who is in which stage
 * @param change how it came to that
 * @param settledAt since when every process goes by it; empty if that is not known yet
 * @param validation the last complete validation that found both stores equal and still counts
 * @param owesCarryBack whether the target may have what the source, which decides or is about to, has never been given
 */
record PlanRecord(
        RolloutPlan plan,
        PlanChange change,
        Optional<Instant> settledAt,
        Optional<Validation> validation,
        boolean owesCarryBack) {

    private static final double BASIS_POINTS = 100.0;

    /**
     * A validation.
     *
     * @param version the version of the plan at the time
     * @param time when it ended
     * @param earliest the stage of the users who had come least far
     */
    record Validation(long version, Instant time, Stage earliest) {}

    /** Where a migration begins whose plan has never been written. */
    static PlanRecord initial(Instant now) {
        RolloutPlan plan = RolloutPlan.everybodyIn(Stage.SOURCE_ONLY);
        PlanPosition position = PlanPosition.of(plan);
        return new PlanRecord(
                plan,
                new PlanChange(0, now, "", "", position, position, Set.of(), PlanChange.Outcome.MOVED),
                Optional.of(now),
                Optional.empty(),
                false);
    }

    /** The first plan of a migration, as it was configured. */
    static PlanRecord first(RolloutPlan plan, Instant now) {
        PlanChange change = new PlanChange(
                1,
                now,
                "configuration",
                "the first plan",
                PlanPosition.of(initial(now).plan()),
                PlanPosition.of(plan),
                Set.of(),
                PlanChange.Outcome.MOVED);
        return new PlanRecord(
                plan.withVersion(1).withSettled(false), change, Optional.empty(), Optional.empty(), false);
    }

    PlanRecord settled(Instant now) {
        return new PlanRecord(plan.withSettled(true), change, Optional.of(now), validation, owesCarryBack);
    }

    PlanRecord validated(Instant now) {
        Stage earliest = plan.base().compareTo(plan.rollout()) < 0 ? plan.base() : plan.rollout();
        return new PlanRecord(
                plan, change, settledAt, Optional.of(new Validation(plan.version(), now, earliest)), owesCarryBack);
    }

    PlanRecord carriedBack() {
        return new PlanRecord(plan, change, settledAt, validation, false);
    }

    boolean isEmergency() {
        return change.outcome() == PlanChange.Outcome.EMERGENCY;
    }

    /** Whether a run that began then saw what every process does by this plan. */
    boolean isSettledBefore(Instant time) {
        return settledAt.isPresent() && !time.isBefore(settledAt.get());
    }

    Map<String, @Nullable Object> write() {
        RolloutPolicy policy = plan.policy();
        Map<String, @Nullable Object> document = new LinkedHashMap<>();
        document.put("version", plan.version());
        document.put("base", plan.base().name());
        document.put("rollout", plan.rollout().name());
        document.put("salt", policy.salt());
        document.put("enabled", policy.enabled());
        document.put("basis_points", Math.round(policy.percentage() * BASIS_POINTS));
        document.put("allowed", List.copyOf(policy.allowedUserIds()));
        document.put("denied", List.copyOf(policy.deniedUserIds()));
        settledAt.ifPresent(time -> document.put("settled_at", time));
        validation.ifPresent(done -> {
            document.put("validated_version", done.version());
            document.put("validated_at", done.time());
            document.put("validated_earliest", done.earliest().name());
        });
        document.put("owes_carry_back", owesCarryBack);
        document.put("change", write(change));
        return document;
    }

    static Map<String, @Nullable Object> write(PlanChange change) {
        Map<String, @Nullable Object> document = new LinkedHashMap<>();
        document.put("version", change.version());
        document.put("time", change.time());
        document.put("by", change.by());
        document.put("reason", change.reason());
        document.put("from", write(change.from()));
        document.put("to", write(change.to()));
        document.put("overridden", change.overridden().stream().map(Guard::name).toList());
        document.put("outcome", change.outcome().name());
        return document;
    }

    private static Map<String, @Nullable Object> write(PlanPosition position) {
        Map<String, @Nullable Object> document = new LinkedHashMap<>();
        document.put("base", position.base().name());
        document.put("rollout", position.rollout().name());
        document.put("basis_points", Math.round(position.percentage() * BASIS_POINTS));
        return document;
    }

    /**
     * Reads what {@link #write()} has written.
     *
     * @throws IllegalArgumentException if it is anything else
     */
    static PlanRecord read(Map<String, ? extends @Nullable Object> document) {
        Optional<Instant> settledAt = optional(document, "settled_at", Instant.class);
        RolloutPolicy policy = RolloutPolicy.builder(field(document, "salt", String.class))
                .enabled(field(document, "enabled", Boolean.class))
                .percentage(field(document, "basis_points", Long.class) / BASIS_POINTS)
                .allowedUserIds(texts(document, "allowed"))
                .deniedUserIds(texts(document, "denied"))
                .build();
        RolloutPlan plan = RolloutPlan.of(stage(document, "base"), stage(document, "rollout"), policy)
                .withVersion(field(document, "version", Long.class))
                .withSettled(settledAt.isPresent());
        Optional<Validation> validation = optional(document, "validated_version", Long.class)
                .map(version -> new Validation(
                        version,
                        field(document, "validated_at", Instant.class),
                        stage(document, "validated_earliest")));
        return new PlanRecord(
                plan,
                readChange(map(document, "change")),
                settledAt,
                validation,
                field(document, "owes_carry_back", Boolean.class));
    }

    static PlanChange readChange(Map<String, ? extends @Nullable Object> document) {
        Set<Guard> overridden = EnumSet.noneOf(Guard.class);
        texts(document, "overridden").forEach(name -> overridden.add(Guard.valueOf(name)));
        return new PlanChange(
                field(document, "version", Long.class),
                field(document, "time", Instant.class),
                field(document, "by", String.class),
                field(document, "reason", String.class),
                readPosition(map(document, "from")),
                readPosition(map(document, "to")),
                overridden,
                PlanChange.Outcome.valueOf(field(document, "outcome", String.class)));
    }

    private static PlanPosition readPosition(Map<String, ? extends @Nullable Object> document) {
        return new PlanPosition(
                stage(document, "base"),
                stage(document, "rollout"),
                field(document, "basis_points", Long.class) / BASIS_POINTS);
    }

    private static Stage stage(Map<String, ? extends @Nullable Object> document, String name) {
        return Stage.parse(field(document, name, String.class));
    }

    private static List<String> texts(Map<String, ? extends @Nullable Object> document, String name) {
        List<String> texts = new ArrayList<>();
        if (document.get(name) instanceof List<?> list) {
            for (Object item : list) {
                texts.add(String.valueOf(item));
            }
            return texts;
        }
        throw new IllegalArgumentException("its " + name + " is not a list");
    }

    private static Map<String, @Nullable Object> map(Map<String, ? extends @Nullable Object> document, String name) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        if (document.get(name) instanceof Map<?, ?> map) {
            map.forEach((key, value) -> fields.put(String.valueOf(key), value));
            return fields;
        }
        throw new IllegalArgumentException("its " + name + " is not a map");
    }

    private static <T> T field(Map<String, ? extends @Nullable Object> document, String name, Class<T> type) {
        return optional(document, name, type)
                .orElseThrow(() -> new IllegalArgumentException("its " + name + " is missing"));
    }

    private static <T> Optional<T> optional(
            Map<String, ? extends @Nullable Object> document, String name, Class<T> type) {
        Object value = document.get(name);
        if (value != null && !type.isInstance(value)) {
            throw new IllegalArgumentException("its " + name + " is not a " + type.getSimpleName());
        }
        return Optional.ofNullable(type.cast(value));
    }
}
