package io.github.sessionferry.migration.live;

import java.io.Serial;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A stage move was not made; the plan is as it was.
 *
 * @since 0.1
 */
public final class MoveRefusedException extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1L;

    private final transient List<Refusal> refusals;

    MoveRefusedException(List<Refusal> refusals) {
        super(refusals.stream().map(Refusal::toString).collect(Collectors.joining("; ")));
        this.refusals = List.copyOf(refusals);
    }

    /**
     * Tells everything that stands against the move.
     *
     * @return at least one
     */
    public List<Refusal> refusals() {
        return refusals;
    }
}
