package io.github.sessionferry.testkit.firestore;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Where a document, a collection or the root lies within a database: collection ids and document ids in turn. Immutable.
 *
 * <p>Ordered as Firestore orders names: by segment, a document before what lies below it.
 */
record ResourcePath(List<String> segments) implements Comparable<ResourcePath> {
    static final ResourcePath ROOT = new ResourcePath(List.of());

    private static final int LONGEST_ID = 1500;
    private static final Set<String> DOTS = Set.of(".", "..");

    ResourcePath {
        segments = List.copyOf(segments);
    }

    ResourcePath child(String segment) {
        List<String> longer = new ArrayList<>(segments);
        longer.add(segment);
        return new ResourcePath(longer);
    }

    /** A bound that sorts after everything below this path and before whatever follows. */
    ResourcePath afterDescendants() {
        return child(Utf8Order.LAST);
    }

    ResourcePath first(int count) {
        return count == segments.size() ? this : new ResourcePath(segments.subList(0, count));
    }

    int depth() {
        return segments.size();
    }

    String id() {
        return segments.get(segments.size() - 1);
    }

    /** The id of the collection that holds this document. */
    String collectionId() {
        return segments.get(segments.size() - 2);
    }

    boolean isDocument() {
        return !segments.isEmpty() && segments.size() % 2 == 0;
    }

    boolean isAtOrBelow(ResourcePath ancestor) {
        return segments.size() >= ancestor.segments.size()
                && segments.subList(0, ancestor.segments.size()).equals(ancestor.segments);
    }

    /** Refuses what the service does not store: reserved ids and ids over 1,500 bytes. */
    ResourcePath checkStorable() {
        for (int i = 0; i < segments.size(); i++) {
            String id = segments.get(i);
            if (isReserved(id)) {
                throw Failures.invalid("%s id \"%s\" is invalid because it is reserved."
                        .formatted(i % 2 == 0 ? "Collection" : "Resource", id));
            }
            if (id.length() > LONGEST_ID / 3 && id.getBytes(StandardCharsets.UTF_8).length > LONGEST_ID) {
                throw Failures.invalid("The key path element name is longer than 1500 bytes.");
            }
        }
        return this;
    }

    static boolean isReserved(String name) {
        return name.length() >= 5 && name.startsWith("__") && name.endsWith("__");
    }

    /** Splits what follows {@code …/documents/} in a name; refuses empty and dot segments. */
    static ResourcePath parse(String name, int from) {
        List<String> segments = new ArrayList<>();
        int start = from;
        while (start <= name.length()) {
            int slash = name.indexOf('/', start);
            int end = slash < 0 ? name.length() : slash;
            segments.add(checkedSegment(name, start, end));
            start = end + 1;
        }
        return new ResourcePath(segments);
    }

    private static String checkedSegment(String name, int start, int end) {
        if (start == end) {
            throw Failures.invalid(
                    end == name.length()
                            ? "Document name \"%s\" has invalid trailing \"/\".".formatted(name)
                            : "Document name \"%s\" has invalid empty segment at index %d.".formatted(name, start));
        }
        String segment = name.substring(start, end);
        if (DOTS.contains(segment)) {
            throw Failures.invalid(
                    "Document name \"%s\" contains a resource id \"%s\" at index %d.".formatted(name, segment, start));
        }
        return segment;
    }

    @Override
    public int compareTo(ResourcePath other) {
        return Utf8Order.compare(segments, other.segments);
    }
}
