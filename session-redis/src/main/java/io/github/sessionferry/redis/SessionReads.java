package io.github.sessionferry.redis;

import io.github.sessionferry.core.EventSelection;
import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SharedScope;
import io.github.sessionferry.core.SharedValue;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Finds sessions, many at a time. Thread-safe. */
final class SessionReads {

    /** How many sessions are read at once. */
    static final int AT_ONCE = 64;

    private static final int ATTEMPTS = 10;
    private static final Script FIND = Script.named("find.lua");
    private static final String FOUND = "FOUND";

    private final RedisCalls calls;
    private final String prefix;
    private final SharedState sharedState;
    private final Clock clock;

    SessionReads(RedisCalls calls, String prefix, SharedState sharedState, Clock clock) {
        this.calls = calls;
        this.prefix = prefix;
        this.sharedState = sharedState;
        this.clock = clock;
    }

    Map<SessionKey, Session> findAll(Collection<SessionKey> keys, EventSelection events) {
        List<SessionKey> different = new ArrayList<>(new LinkedHashSet<>(keys));
        Map<SessionKey, Session> found = new LinkedHashMap<>();
        for (int i = 0; i < different.size(); i += AT_ONCE) {
            found.putAll(findWindow(different.subList(i, Math.min(different.size(), i + AT_ONCE)), events));
        }
        return found;
    }

    /** The shared state that a session sees, keys with their prefixes. */
    Map<String, @Nullable Object> sharedState(SessionKey key) {
        List<SharedScope> scopes = List.of(key.appScope(), key.userScope());
        return seen(key, scopes, calls.read("find", key, commands -> sharedState.fields(commands, scopes)));
    }

    private Map<SessionKey, Session> findWindow(List<SessionKey> keys, EventSelection events) {
        Set<SharedScope> distinct = new LinkedHashSet<>();
        keys.forEach(key -> distinct.addAll(List.of(key.appScope(), key.userScope())));
        List<SharedScope> scopes = List.copyOf(distinct);
        Arguments firstPage = FoundSession.firstPage(events, RedisTime.comparable(clock.instant()));
        Answers answers = calls.read(
                "find",
                keys.size() == 1 ? keys.get(0) : null,
                commands -> Pipeline.all(keys, key -> send(commands, key, firstPage))
                        .thenCombine(sharedState.fields(commands, scopes), Answers::new));
        Map<SessionKey, Session> sessions = new LinkedHashMap<>();
        for (int i = 0; i < keys.size(); i++) {
            SessionKey key = keys.get(i);
            Optional<FoundSession> found =
                    complete(key, events, answers.sessions().get(i));
            if (found.isPresent()) {
                Map<String, @Nullable Object> shared =
                        found.get().pending().isEmpty() ? seen(key, scopes, answers.shared()) : sharedState(key);
                sessions.put(key, view(found.get(), shared));
            }
        }
        return sessions;
    }

    /** What the servers answered: the first page of each session, and shared state. */
    private record Answers(List<List<Object>> sessions, List<Map<String, byte[]>> shared) {}

    private CompletionStage<List<Object>> send(
            RedisClusterAsyncCommands<String, byte[]> commands, SessionKey key, Arguments arguments) {
        return FIND.run(commands, SessionKeys.of(prefix, key).all(), arguments.values());
    }

    /** Reads what the first page lacks; from the beginning if the session was replaced meanwhile. */
    private Optional<FoundSession> complete(SessionKey key, EventSelection events, List<Object> firstAnswer) {
        List<Object> answer = firstAnswer;
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            Optional<FoundSession> found =
                    isFound(key, answer) ? Optional.of(read(key, answer, events)) : Optional.empty();
            if (found.isEmpty() || readPages(key, found.get())) {
                found.ifPresent(session ->
                        session.pending().forEach((token, change) -> sharedState.complete("find", key, token, change)));
                return found;
            }
            answer = answer(key, FoundSession.firstPage(events, RedisTime.comparable(clock.instant())));
        }
        throw calls.contention("find", key);
    }

    private boolean readPages(SessionKey key, FoundSession session) {
        while (!session.isWhole()) {
            List<Object> answer = answer(key, session.nextPage(RedisTime.comparable(clock.instant())));
            if (!isFound(key, answer)) {
                return false;
            }
            try {
                session.add(answer);
            } catch (IllegalArgumentException e) {
                throw corrupt(key, String.valueOf(e.getMessage()));
            }
        }
        return true;
    }

    private List<Object> answer(SessionKey key, Arguments arguments) {
        return calls.read("find", key, commands -> send(commands, key, arguments));
    }

    private boolean isFound(SessionKey key, List<Object> answer) {
        String status = Arguments.text(answer.get(0));
        if (status.equals("TORN")) {
            throw corrupt(key, "some of the session's events are missing; were its keys evicted or removed?");
        }
        return status.equals(FOUND);
    }

    private FoundSession read(SessionKey key, List<Object> answer, EventSelection events) {
        try {
            FoundSession found = new FoundSession(answer, events);
            if (!found.session().key().equals(key)) {
                throw new IllegalArgumentException("the session belongs under another key");
            }
            return found;
        } catch (IllegalArgumentException e) {
            throw corrupt(key, String.valueOf(e.getMessage()));
        }
    }

    private RuntimeException corrupt(SessionKey key, String what) {
        return calls.corrupt(SessionKeys.of(prefix, key).session(), key, what);
    }

    private static Session view(FoundSession found, Map<String, @Nullable Object> shared) {
        Session session = found.session();
        Map<String, @Nullable Object> state = new LinkedHashMap<>(session.state());
        state.putAll(shared);
        return session.toBuilder().state(state).build();
    }

    private Map<String, @Nullable Object> seen(
            SessionKey key, List<SharedScope> scopes, List<Map<String, byte[]>> fields) {
        Map<String, @Nullable Object> seen = new LinkedHashMap<>();
        for (SharedScope scope : List.of(key.appScope(), key.userScope())) {
            Map<String, SharedValue> values = sharedState.values(scope, fields.get(scopes.indexOf(scope)));
            values.forEach((name, value) -> seen.put(scope.stateScope().prefix() + name, value.value()));
        }
        return seen;
    }
}
