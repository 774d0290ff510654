package io.github.sessionferry.migration;

import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a run is, as its journal's first line says it; only the same can go on with it. Immutable.
 *
 * @param kind the kind of run, such as {@code migration}
 * @param from the source's name
 * @param to the target's name
 * @param settings by name, what else must be the same
 */
record JournalHeader(String kind, String from, String to, Map<String, Object> settings) {

    JournalHeader {
        settings = Collections.unmodifiableMap(new TreeMap<>(settings));
    }

    void putInto(Map<String, @Nullable Object> line) {
        line.put("kind", kind);
        line.put("from", from);
        line.put("to", to);
        line.putAll(settings);
    }

    /** Refuses a journal whose first line says something else. */
    void require(JournalLine line, Path file) {
        require(line, file, "kind", kind);
        require(line, file, "from", from);
        require(line, file, "to", to);
        settings.forEach((name, value) -> require(line, file, name, value));
    }

    private static void require(JournalLine line, Path file, String name, Object expected) {
        Object found = line.value(name);
        if (!Objects.equals(found, expected)) {
            throw new JournalException("the journal " + file + " is of a run with " + name + " '" + found + "', not '"
                    + expected + "'; resume it as it was begun, or begin a new run with another file");
        }
    }
}
