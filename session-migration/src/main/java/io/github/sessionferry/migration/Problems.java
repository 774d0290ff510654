package io.github.sessionferry.migration;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Gathers problems by reason, with a few examples of each. Not thread-safe. */
final class Problems {

    private static final int MOST_EXAMPLES = 10;

    private record Reason(boolean skipped, String code) implements Comparable<Reason> {

        @Override
        public int compareTo(Reason other) {
            int bySkipped = Boolean.compare(skipped, other.skipped);
            return bySkipped == 0 ? code.compareTo(other.code) : bySkipped;
        }
    }

    private static final class Group {
        private long count;
        private final List<Problem.Example> examples = new ArrayList<>();
    }

    private final Map<Reason, Group> groups = new TreeMap<>();

    void add(boolean skipped, String code, Problem.Example example) {
        Group group = groups.computeIfAbsent(new Reason(skipped, code), reason -> new Group());
        group.count++;
        if (group.examples.size() < MOST_EXAMPLES) {
            group.examples.add(example);
        }
    }

    /** Takes back what was added. */
    void remove(boolean skipped, String code, Problem.Example example) {
        groups.computeIfPresent(new Reason(skipped, code), (reason, group) -> {
            group.count--;
            group.examples.remove(example);
            return group.count == 0 ? null : group;
        });
    }

    /** Failures first, each kind by its code. */
    List<Problem> list() {
        return groups.entrySet().stream()
                .map(entry -> new Problem(
                        entry.getKey().code(),
                        entry.getKey().skipped(),
                        entry.getValue().count,
                        entry.getValue().examples))
                .toList();
    }
}
