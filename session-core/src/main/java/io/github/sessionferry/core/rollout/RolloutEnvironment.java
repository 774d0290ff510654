package io.github.sessionferry.core.rollout;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads what a migration is to do from environment variables. Not thread-safe. */
final class RolloutEnvironment {

    private static final String ENGINE_ID = "AGENT_ENGINE_ID";
    private static final String ENGINE_RESOURCE_NAME = "AGENT_ENGINE_RESOURCE_NAME";
    private static final String USER_IDS = "MIGRATED_USER_IDS";
    private static final String PERCENTAGE = "MIGRATION_PERCENTAGE";
    private static final String SALT = "MIGRATION_SALT";
    private static final String STAGE = "MIGRATION_STAGE";
    private static final String PROJECT = "GCP_PROJECT_ID";
    private static final String LOCATION = "GCP_LOCATION";

    private static final Logger log = LoggerFactory.getLogger(RolloutPolicy.class);

    private static final String RESOURCE_NAME_FORM = "projects/P/locations/L/reasoningEngines/ID";

    private final Map<String, String> environment;
    private final Consumer<String> warnings;

    RolloutEnvironment(Map<String, String> environment, Consumer<String> warnings) {
        this.environment = environment;
        this.warnings = warnings;
    }

    static RolloutEnvironment logging(Map<String, String> environment) {
        return new RolloutEnvironment(environment, warning -> log.warn("{}", warning));
    }

    RolloutPolicy policy() {
        return policy(engine().isPresent());
    }

    private RolloutPolicy policy(boolean targetNamed) {
        RolloutPolicy.Builder policy = saltedBuilder().allowedUserIds(userIds());
        if (!targetNamed) {
            policy.enabled(false);
        }
        readPercentage(policy);
        return policy.build();
    }

    MigrationEnvironment read() {
        Optional<EngineName> engine = engine();
        RolloutPolicy policy = policy(engine.isPresent());
        Stage stage = stage();
        RolloutPlan plan =
                policy.enabled() ? RolloutPlan.upTo(stage, policy) : RolloutPlan.everybodyIn(Stage.SOURCE_ONLY);
        return new MigrationEnvironment(
                plan,
                engine.map(EngineName::resourceName),
                set(PROJECT).or(() -> engine.map(EngineName::project)),
                set(LOCATION).or(() -> engine.map(EngineName::location)));
    }

    private Stage stage() {
        Optional<String> name = set(STAGE);
        try {
            return name.map(Stage::parse).orElse(Stage.TARGET_FIRST);
        } catch (IllegalArgumentException e) {
            warnings.accept(STAGE + ": " + e.getMessage() + ". Until it is corrected, every user stays on the source.");
            return Stage.SOURCE_ONLY;
        }
    }

    private RolloutPolicy.Builder saltedBuilder() {
        String salt = value(SALT);
        try {
            return RolloutPolicy.builder(salt.isEmpty() ? RolloutPolicy.DEFAULT_SALT : salt);
        } catch (IllegalArgumentException e) {
            warnings.accept(SALT + ": " + e.getMessage() + ". Until then every user stays on the source.");
            return RolloutPolicy.builder(RolloutPolicy.DEFAULT_SALT).enabled(false);
        }
    }

    /** An engine's full name in its parts. */
    private record EngineName(String resourceName, String project, String location, String id) {

        static Optional<EngineName> parse(String name) {
            List<String> segments = List.of(name.split("/", -1));
            boolean wellFormed = segments.size() == 6
                    && segments.stream().noneMatch(String::isBlank)
                    && segments.get(0).equals("projects")
                    && segments.get(2).equals("locations")
                    && segments.get(4).equals("reasoningEngines");
            return wellFormed
                    ? Optional.of(new EngineName(name, segments.get(1), segments.get(3), segments.get(5)))
                    : Optional.empty();
        }

        boolean isNamed(String idOrResourceName) {
            return idOrResourceName.equals(resourceName) || idOrResourceName.equals(id);
        }

        /** A project has an id and a number; one does not tell the other. */
        boolean isIn(String otherProject) {
            return isNumber(project) != isNumber(otherProject) || project.equals(otherProject);
        }

        private static boolean isNumber(String project) {
            return project.chars().allMatch(c -> c >= '0' && c <= '9');
        }
    }

    /** The engine that the environment names; empty, with a warning, if what it says does not agree. */
    private Optional<EngineName> engine() {
        Optional<String> id = set(ENGINE_ID);
        if (id.isEmpty()) {
            return Optional.empty();
        }
        Optional<EngineName> engine = set(ENGINE_RESOURCE_NAME).flatMap(EngineName::parse);
        if (engine.isEmpty()) {
            warnings.accept(ENGINE_RESOURCE_NAME
                    + (set(ENGINE_RESOURCE_NAME).isEmpty() ? " is not set" : " is malformed") + " but " + ENGINE_ID
                    + " is set; set it to " + RESOURCE_NAME_FORM + ". Until then every user stays on the source.");
        } else if (!engine.get().isNamed(id.get())) {
            return disagreeing(ENGINE_ID, "name different engines");
        } else if (!set(PROJECT).map(engine.get()::isIn).orElse(true)) {
            return disagreeing(PROJECT, "name different projects");
        } else if (!set(LOCATION).map(engine.get().location()::equals).orElse(true)) {
            return disagreeing(LOCATION, "name different locations");
        }
        return engine;
    }

    private Optional<EngineName> disagreeing(String variable, String what) {
        warnings.accept(variable + " and " + ENGINE_RESOURCE_NAME + " " + what
                + "; make them agree. Until then every user stays on the source.");
        return Optional.empty();
    }

    private Set<String> userIds() {
        Set<String> userIds = new LinkedHashSet<>();
        String list = value(USER_IDS);
        if (list.isEmpty()) {
            return userIds;
        }
        int empty = 0;
        int padded = 0;
        int repeated = 0;
        for (String entry : list.split(",", -1)) {
            String userId = entry.strip();
            if (userId.isEmpty()) {
                empty++;
                continue;
            }
            padded += userId.equals(entry) ? 0 : 1;
            repeated += userIds.add(userId) ? 0 : 1;
        }
        warnAboutEntries(empty, padded, repeated);
        return userIds;
    }

    private void warnAboutEntries(int empty, int padded, int repeated) {
        List<String> ignored = new ArrayList<>();
        if (empty > 0) {
            ignored.add("empty entries (" + empty + ")");
        }
        if (padded > 0) {
            ignored.add("white space around entries (" + padded + ")");
        }
        if (repeated > 0) {
            ignored.add("repeated entries (" + repeated + ")");
        }
        if (!ignored.isEmpty()) {
            warnings.accept(USER_IDS + ": ignored " + String.join(", ", ignored)
                    + "; write the ids separated by single commas, each once.");
        }
    }

    private void readPercentage(RolloutPolicy.Builder policy) {
        if (environment.get(PERCENTAGE) == null) {
            return;
        }
        try {
            policy.percentage(value(PERCENTAGE));
        } catch (IllegalArgumentException e) {
            warnings.accept(PERCENTAGE + ": " + e.getMessage() + ". Until it is corrected, 0 counts.");
        }
    }

    /** A variable's value; blank is unset. */
    private Optional<String> set(String variable) {
        return Optional.of(value(variable)).filter(value -> !value.isEmpty());
    }

    private String value(String variable) {
        String value = environment.get(variable);
        return value == null ? "" : value.strip();
    }
}
