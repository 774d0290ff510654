package io.github.sessionferry.testkit.firestore;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code projects/P/databases/D}, and the names of what lies in it. Immutable. */
record DatabaseName(String name) {
    private static final Pattern DATABASE = Pattern.compile("projects/[^/]+/databases/[^/]+");
    private static final Pattern RESOURCE = Pattern.compile("(" + DATABASE + ")/documents(?:/.*)?", Pattern.DOTALL);

    static DatabaseName parse(String name) {
        if (!DATABASE.matcher(name).matches()) {
            throw Failures.invalid("Database name \"%s\" is not projects/*/databases/*.".formatted(name));
        }
        return new DatabaseName(name);
    }

    /** The database in which a document, a collection or a parent lies. */
    static DatabaseName ofResource(String resource) {
        Matcher matcher = RESOURCE.matcher(resource);
        if (!matcher.matches()) {
            throw Failures.invalid("Document name \"%s\" lacks \"%s\" at index 0."
                    .formatted(resource, resource.startsWith("projects/") ? "databases" : "projects"));
        }
        return new DatabaseName(matcher.group(1));
    }

    private String root() {
        return name + "/documents";
    }

    ResourcePath document(String resource) {
        ResourcePath path = pathOf(resource);
        if (!path.isDocument()) {
            throw Failures.invalid(
                    "Document name \"%s\" lacks \"/\" at index %d.".formatted(resource, resource.length()));
        }
        return path;
    }

    /** The root or a document: where a query or a listing starts. */
    ResourcePath parent(String resource) {
        return resource.equals(root()) ? ResourcePath.ROOT : document(resource);
    }

    private ResourcePath pathOf(String resource) {
        String prefix = root() + "/";
        if (!resource.startsWith(prefix)) {
            ofResource(resource);
            throw Failures.invalid("Document name \"%s\" is not in the database \"%s\".".formatted(resource, name));
        }
        return ResourcePath.parse(resource, prefix.length());
    }

    String nameOf(ResourcePath path) {
        return path.depth() == 0 ? root() : root() + "/" + String.join("/", path.segments());
    }
}
