package io.github.sessionferry.core.rollout;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** Reads a policy from environment variables. Not thread-safe. */
final class RolloutEnvironment {

    private static final String ENGINE_ID = "AGENT_ENGINE_ID";
    private static final String ENGINE_RESOURCE_NAME = "AGENT_ENGINE_RESOURCE_NAME";
    private static final String USER_IDS = "MIGRATED_USER_IDS";
    private static final String PERCENTAGE = "MIGRATION_PERCENTAGE";
    private static final String SALT = "MIGRATION_SALT";

    private static final String RESOURCE_NAME_FORM = "projects/P/locations/L/reasoningEngines/ID";

    private final Map<String, String> environment;
    private final Consumer<String> warnings;

    RolloutEnvironment(Map<String, String> environment, Consumer<String> warnings) {
        this.environment = environment;
        this.warnings = warnings;
    }

    RolloutPolicy policy() {
        RolloutPolicy.Builder policy = saltedBuilder().allowedUserIds(userIds());
        if (!isTargetNamed()) {
            policy.enabled(false);
        }
        readPercentage(policy);
        return policy.build();
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

    private boolean isTargetNamed() {
        String id = value(ENGINE_ID);
        if (id.isEmpty()) {
            return false;
        }
        String resourceName = value(ENGINE_RESOURCE_NAME);
        if (!isResourceName(resourceName)) {
            warnings.accept(ENGINE_RESOURCE_NAME + (resourceName.isEmpty() ? " is not set" : " is malformed") + " but "
                    + ENGINE_ID + " is set; set it to " + RESOURCE_NAME_FORM
                    + ". Until then every user stays on the source.");
            return false;
        }
        if (!id.equals(resourceName) && !id.equals(resourceName.substring(resourceName.lastIndexOf('/') + 1))) {
            warnings.accept(ENGINE_ID + " and " + ENGINE_RESOURCE_NAME
                    + " name different engines; make them agree. Until then every user stays on the source.");
            return false;
        }
        return true;
    }

    private static boolean isResourceName(String name) {
        List<String> segments = List.of(name.split("/", -1));
        return segments.size() == 6
                && segments.stream().noneMatch(String::isBlank)
                && segments.get(0).equals("projects")
                && segments.get(2).equals("locations")
                && segments.get(4).equals("reasoningEngines");
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

    private String value(String variable) {
        String value = environment.get(variable);
        return value == null ? "" : value.strip();
    }
}
