package io.github.sessionferry.vertex;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The resource name of a reasoning engine. Immutable. */
record EngineName(String project, String location, String engine) {

    private static final Pattern FORM =
            Pattern.compile("projects/([a-zA-Z0-9.:_-]+)/locations/([a-z0-9-]+)/reasoningEngines/([a-zA-Z0-9_-]+)");

    static EngineName parse(String name) {
        Matcher parts = FORM.matcher(name);
        if (!parts.matches()) {
            throw new IllegalArgumentException(
                    "'" + name + "' names no reasoning engine; write projects/P/locations/L/reasoningEngines/E");
        }
        return new EngineName(parts.group(1), parts.group(2), parts.group(3));
    }

    /** Another engine: by its whole name, or by its id where it is in the same project and location. */
    EngineName other(String nameOrId) {
        return nameOrId.indexOf('/') < 0
                ? parse(new EngineName(project, location, nameOrId).toString())
                : parse(nameOrId);
    }

    boolean isBeside(EngineName other) {
        return project.equals(other.project) && location.equals(other.location);
    }

    String defaultEndpoint() {
        return location + "-aiplatform.googleapis.com:443";
    }

    String session(String engineId) {
        return this + "/sessions/" + engineId;
    }

    @Override
    public String toString() {
        return "projects/" + project + "/locations/" + location + "/reasoningEngines/" + engine;
    }
}
