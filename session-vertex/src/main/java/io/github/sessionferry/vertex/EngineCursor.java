package io.github.sessionferry.vertex;

import io.github.sessionferry.core.ScanCursor;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A place in a scan of engines one after the other, as text {@code ENGINE,ENGINE PAGE}. Immutable.
 *
 * @param engines those that are still to be scanned, the one under way first; at least one
 * @param page where in the first of them
 */
record EngineCursor(List<EngineName> engines, ScanCursor page) {

    private static final String BETWEEN = ",";
    private static final String BEFORE_PAGE = " ";

    /** @throws IllegalArgumentException if the cursor is not one of a scan of these engines */
    static EngineCursor of(ScanCursor cursor, Collection<EngineName> all) {
        if (cursor.equals(ScanCursor.START)) {
            return beginning(all);
        }
        int space = cursor.token().indexOf(BEFORE_PAGE);
        List<EngineName> left = Stream.of(
                        cursor.token().substring(0, Math.max(space, 0)).split(BETWEEN))
                .map(name -> named(name, all))
                .toList();
        return new EngineCursor(left, new ScanCursor(cursor.token().substring(space + 1)));
    }

    private static EngineName named(String name, Collection<EngineName> all) {
        return all.stream()
                .filter(engine -> engine.toString().equals(name))
                .findAny()
                .orElseThrow(
                        () -> new IllegalArgumentException("the cursor was not given by a store of these engines"));
    }

    static EngineCursor beginning(Collection<EngineName> engines) {
        return new EngineCursor(List.copyOf(engines), ScanCursor.START);
    }

    EngineName engine() {
        return engines.get(0);
    }

    /** Where to go on, given where the engine's next page begins; empty at the end of the last engine. */
    Optional<ScanCursor> after(Optional<ScanCursor> nextPage) {
        if (nextPage.isPresent()) {
            return Optional.of(new EngineCursor(engines, nextPage.get()).toCursor());
        }
        return engines.size() == 1
                ? Optional.empty()
                : Optional.of(beginning(engines.subList(1, engines.size())).toCursor());
    }

    ScanCursor toCursor() {
        return new ScanCursor(engines.stream().map(EngineName::toString).collect(Collectors.joining(BETWEEN))
                + BEFORE_PAGE
                + page.token());
    }
}
