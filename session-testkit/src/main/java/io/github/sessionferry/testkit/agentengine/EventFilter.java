package io.github.sessionferry.testkit.agentengine;

import io.github.sessionferry.testkit.agentengine.ListFilter.Term;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;

/** Which times a list of events asks for. */
final class EventFilter {
    private final List<Condition> conditions;

    private EventFilter(List<Condition> conditions) {
        this.conditions = conditions;
    }

    /** @throws RpcException INVALID_ARGUMENT if the filter cannot be read or names an unknown field */
    static EventFilter parse(String filter) {
        return new EventFilter(
                ListFilter.parse(filter).stream().map(Condition::of).toList());
    }

    boolean matches(Instant time) {
        return conditions.stream().allMatch(condition -> condition.holds(time));
    }

    private record Condition(String operator, Instant bound) {
        static Condition of(Term term) {
            if (!term.field().equals("timestamp")) {
                throw ListFilter.invalid();
            }
            try {
                return new Condition(
                        term.operator(), OffsetDateTime.parse(term.value()).toInstant());
            } catch (DateTimeException e) {
                throw ListFilter.invalid();
            }
        }

        boolean holds(Instant time) {
            int order = time.compareTo(bound);
            return switch (operator) {
                case ">=" -> order >= 0;
                case "<=" -> order <= 0;
                case ">" -> order > 0;
                case "<" -> order < 0;
                case "!=" -> order != 0;
                default -> order == 0;
            };
        }
    }
}
