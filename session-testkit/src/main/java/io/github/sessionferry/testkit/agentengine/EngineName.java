package io.github.sessionferry.testkit.agentengine;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32;

/** A reasoning engine, by the number of its project, whether the caller wrote the project's id or its number. */
record EngineName(String projectNumber, String location, String engineId) {
    static final String PATTERN = "projects/([^/]+)/locations/([^/]+)/reasoningEngines/([^/]+)";

    private static final Pattern NAME = Pattern.compile(PATTERN);
    private static final Pattern IN_PROJECT = Pattern.compile("projects/([^/]+)/(.*)");
    private static final Pattern NUMBER = Pattern.compile("[0-9]+");

    static Optional<EngineName> parse(String name) {
        Matcher parts = NAME.matcher(name);
        return parts.matches() ? Optional.of(of(parts)) : Optional.empty();
    }

    /** Takes the first three groups of a match of a pattern that starts with {@link #PATTERN}. */
    static EngineName of(Matcher parts) {
        return new EngineName(numberOf(parts.group(1)), parts.group(2), parts.group(3));
    }

    /** Writes the project's number into the name of any resource. */
    static String withProjectNumber(String resourceName) {
        Matcher parts = IN_PROJECT.matcher(resourceName);
        return parts.matches() ? "projects/" + numberOf(parts.group(1)) + "/" + parts.group(2) : resourceName;
    }

    String locationName() {
        return "projects/" + projectNumber + "/locations/" + location;
    }

    @Override
    public String toString() {
        return locationName() + "/reasoningEngines/" + engineId;
    }

    /** The same project always has the same number. */
    private static String numberOf(String project) {
        if (NUMBER.matcher(project).matches()) {
            return project;
        }
        CRC32 checksum = new CRC32();
        checksum.update(project.getBytes(StandardCharsets.UTF_8));
        return Long.toString(100_000_000_000L + checksum.getValue());
    }
}
