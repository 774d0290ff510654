package io.github.sessionferry.testkit.agentengine;

import io.github.sessionferry.testkit.agentengine.ListFilter.Term;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Which sessions a list asks for. */
final class SessionFilter {
    private static final String LABELS = "labels.";

    private final List<Predicate<StoredSession>> conditions = new ArrayList<>();
    private @Nullable String userId;

    /** @throws RpcException INVALID_ARGUMENT if the filter cannot be read or names an unknown field */
    static SessionFilter parse(String filter) {
        SessionFilter parsed = new SessionFilter();
        ListFilter.parse(filter).forEach(parsed::add);
        return parsed;
    }

    /** The user whose sessions alone can match, if the filter names one. */
    Optional<String> userId() {
        return Optional.ofNullable(userId);
    }

    boolean matches(StoredSession session) {
        return conditions.stream().allMatch(condition -> condition.test(session));
    }

    private void add(Term term) {
        String value = term.value();
        boolean equal = term.operator().equals("=");
        if (!equal && !term.operator().equals("!=")) {
            throw ListFilter.invalid();
        }
        Predicate<StoredSession> matches = condition(term.field(), value);
        conditions.add(equal ? matches : matches.negate());
        if (equal && isUserId(term.field())) {
            userId = value;
        }
    }

    private static Predicate<StoredSession> condition(String field, String value) {
        if (isUserId(field)) {
            return session -> session.userId().equals(value);
        }
        if (field.equals("display_name") || field.equals("displayName")) {
            return session -> session.displayName().equals(value);
        }
        if (field.startsWith(LABELS)) {
            String label = field.substring(LABELS.length());
            return session -> value.equals(session.labels().get(label));
        }
        throw ListFilter.invalid();
    }

    private static boolean isUserId(String field) {
        return field.equals("user_id") || field.equals("userId");
    }
}
