package io.github.sessionferry.redis;

import io.github.sessionferry.core.AppendOutcome;
import io.github.sessionferry.core.DeleteOutcome;
import io.github.sessionferry.core.Precondition;
import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionEvent;
import io.github.sessionferry.core.SessionException;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.StateScope;
import io.github.sessionferry.core.StoreOutcome;
import io.github.sessionferry.core.StoreRequest;
import io.github.sessionferry.core.StoreResult;
import io.github.sessionferry.core.TaggedValue;
import io.github.sessionferry.redis.WebCategories.Form;
import io.github.sessionferry.redis.WebScript.Creation;
import io.github.sessionferry.redis.WebScript.Swapped;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Changes of web sessions. Everything under one id is read, and swapped for what it is to be if it still is what was read;
 * what must be absent is tried without reading first. Thread-safe.
 */
final class WebWrites {

    private static final int MOST_TRIES = 200;

    private final RedisCalls calls;
    private final WebKeys keys;
    private final WebScript script;
    private final ForeignSessions foreign;
    private final WebSlot nothing;

    WebWrites(RedisCalls calls, WebKeys keys, WebScript script, ForeignSessions foreign) {
        this.calls = calls;
        this.keys = keys;
        this.script = script;
        this.foreign = foreign;
        nothing = WebSlot.empty(keys.categories());
    }

    /** What is to be done about a slot: new content, or nothing, and what to answer then. */
    private record Decision<T>(@Nullable WebContent content, T answer) {

        static <T> Decision<T> leave(T answer) {
            return new Decision<>(null, answer);
        }
    }

    private <T> T change(String action, SessionKey key, Function<WebSlot, Decision<T>> decide) {
        for (int tries = 0; tries < MOST_TRIES; tries++) {
            WebSlot slot = script.read(key);
            Decision<T> decision = decided(key, slot, decide);
            if (decision.content() == null
                    || script.swap(action, key, slot.revision(), decision.content())
                            .isDone()) {
                return decision.answer();
            }
        }
        throw calls.contention(action, key);
    }

    private <T> T decided(SessionKey key, WebSlot slot, Function<WebSlot, T> decide) {
        try {
            return decide.apply(slot);
        } catch (IllegalArgumentException e) {
            throw calls.corrupt("a session", key, String.valueOf(e.getMessage()));
        }
    }

    /** Creates a session, and tells its revision; nothing if there is one. */
    Optional<String> create(Session session) {
        if (!keys.isPlain(session.key())) {
            return foreign.create(session);
        }
        SessionKey key = session.key();
        Swapped first = script.swap("create", key, "", nothing.with(key, session, keys));
        if (first.isDone()) {
            return Optional.of(first.revision());
        }
        return change(
                        "create",
                        key,
                        slot -> slot.session(key, keys).isPresent()
                                ? Decision.leave(false)
                                : new Decision<>(slot.with(key, session, keys), true))
                ? script.read(key).session(key, keys).flatMap(Session::revision)
                : Optional.empty();
    }

    DeleteOutcome delete(SessionKey key, Precondition precondition) {
        if (!keys.isPlain(key)) {
            return foreign.delete(key, precondition);
        }
        return change("delete", key, slot -> {
            Optional<Session> present = slot.session(key, keys);
            if (present.isEmpty()) {
                return Decision.leave(DeleteOutcome.ABSENT);
            }
            return precondition.holdsFor(slot.revision())
                    ? new Decision<>(slot.without(key, keys), DeleteOutcome.DELETED)
                    : Decision.leave(DeleteOutcome.CONFLICT);
        });
    }

    List<StoreResult> storeAll(List<StoreRequest> requests) {
        List<StoreRequest> plain = new ArrayList<>();
        List<StoreRequest> others = new ArrayList<>();
        for (StoreRequest request : requests) {
            (keys.isPlain(request.session().key()) ? plain : others).add(webOnly(request));
        }
        Map<SessionKey, StoreResult> results = new LinkedHashMap<>();
        foreign.storeAll(others).forEach(result -> results.put(result.key(), result));
        for (int i = 0; i < plain.size(); i += WebReads.AT_ONCE) {
            storeSome(plain.subList(i, Math.min(plain.size(), i + WebReads.AT_ONCE)), results);
        }
        return requests.stream()
                .map(request -> results.get(request.session().key()))
                .map(Objects::requireNonNull)
                .toList();
    }

    private static StoreRequest webOnly(StoreRequest request) {
        return new StoreRequest(webOnly(request.session()), request.precondition());
    }

    /** What a web session can be of what is to be stored. */
    private static Session webOnly(Session session) {
        boolean isWebOnly = session.events().isEmpty()
                && session.state().keySet().stream().allMatch(key -> StateScope.of(key) == StateScope.SESSION);
        return isWebOnly
                ? session
                : session.toBuilder()
                        .state(session.state(StateScope.SESSION))
                        .events(List.of())
                        .build();
    }

    /** Refuses a session that cannot be stored. */
    void check(Session session) {
        if (!keys.isPlain(session.key())) {
            foreign.check(webOnly(session));
        }
    }

    /** Stores what is to be absent at once, if nothing stands there, and all the rest one after the other. */
    private void storeSome(List<StoreRequest> requests, Map<SessionKey, StoreResult> results) {
        Set<String> ids = new HashSet<>();
        Map<SessionKey, WebContent> contents = new LinkedHashMap<>();
        for (StoreRequest request : requests) {
            SessionKey key = request.session().key();
            if (request.precondition().requiresAbsence() && ids.add(key.sessionId())) {
                WebContent content = nothing.with(key, request.session(), keys);
                if (content.isInCategories()) {
                    contents.put(key, content);
                }
            }
        }
        create(contents, results);
        for (StoreRequest request : requests) {
            results.computeIfAbsent(request.session().key(), key -> stored(request));
        }
    }

    private void create(Map<SessionKey, WebContent> contents, Map<SessionKey, StoreResult> results) {
        try {
            script.createAll("store", contents).forEach(creation -> note(creation, results));
        } catch (SessionException e) {
            contents.keySet().forEach(key -> results.put(key, StoreResult.failed(key, e)));
        }
    }

    private static void note(Creation creation, Map<SessionKey, StoreResult> results) {
        try {
            List<Boolean> done = creation.done().get();
            for (int i = 0; i < done.size(); i++) {
                SessionKey key = creation.keys().get(i);
                if (done.get(i)) {
                    results.put(key, StoreResult.of(key, StoreOutcome.of(StoreOutcome.Status.CREATED, 0)));
                }
            }
        } catch (SessionException e) {
            creation.keys().forEach(key -> results.put(key, StoreResult.failed(key, e)));
        }
    }

    private StoreResult stored(StoreRequest request) {
        SessionKey key = request.session().key();
        try {
            return StoreResult.of(key, StoreOutcome.of(store(request.session(), request.precondition()), 0));
        } catch (SessionException e) {
            return StoreResult.failed(key, e);
        }
    }

    private StoreOutcome.Status store(Session session, Precondition precondition) {
        SessionKey key = session.key();
        return change("store", key, slot -> {
            Optional<Session> present = slot.session(key, keys);
            if (!precondition.holdsFor(present.isPresent() ? slot.revision() : null)) {
                return Decision.leave(StoreOutcome.Status.CONFLICT);
            }
            if (present.filter(now -> isSame(now, session)).isPresent()) {
                return Decision.leave(StoreOutcome.Status.UNCHANGED);
            }
            return new Decision<>(
                    slot.with(key, session, keys),
                    present.isPresent() ? StoreOutcome.Status.UPDATED : StoreOutcome.Status.CREATED);
        });
    }

    private static boolean isSame(Session present, Session given) {
        return present.toBuilder()
                .state(present.state(StateScope.SESSION))
                .build()
                .equals(given);
    }

    /** Applies an event's delta alone; nothing if there is no session. */
    Optional<AppendOutcome> append(SessionKey key, SessionEvent event) {
        if (!keys.isPlain(key)) {
            return foreign.append(key, event);
        }
        for (int tries = 0; tries < MOST_TRIES; tries++) {
            WebSlot slot = script.read(key);
            Optional<Session> present = decided(key, slot, now -> now.session(key, keys));
            if (present.isEmpty()) {
                return Optional.empty();
            }
            Session changed = ForeignSessions.changed(present.get(), event);
            if (changed.equals(present.get())) {
                return Optional.of(AppendOutcome.ALREADY_PRESENT);
            }
            boolean isPlain = slot.plain(key.sessionId(), keys)
                    .filter(session -> session.key().equals(key))
                    .isPresent();
            boolean isDone = isPlain
                    ? script.append(key, arguments(slot, changed, event))
                    : script.swap("append", key, slot.revision(), slot.with(key, changed, keys))
                            .isDone();
            if (isDone) {
                return Optional.of(AppendOutcome.APPENDED);
            }
        }
        throw calls.contention("append", key);
    }

    /** A delta in the terms of the script. */
    private Arguments arguments(WebSlot slot, Session changed, SessionEvent event) {
        int userCategory = keys.userCategory();
        String userField = keys.userKey() == null ? "" : WebText.writeField(keys.userKey());
        Optional<String> user = userCategory == 0 ? Optional.empty() : slot.text(userCategory - 1, userField);
        List<String> goes = new ArrayList<>();
        List<Map<String, String>> changes = new ArrayList<>();
        keys.categories().all().forEach(category -> changes.add(new LinkedHashMap<>()));
        StateScope.SESSION.select(event.stateDelta()).forEach((name, value) -> {
            int place = keys.categories().placeOf(name);
            Map<String, String> change = changes.get(place);
            boolean isRemoved = TaggedValue.REMOVED.equals(value);
            if (keys.categories().all().get(place).form() == Form.STRING) {
                change.put(isRemoved ? "-" : "", isRemoved ? "" : WebText.write(value));
            } else if (isRemoved) {
                goes.add(WebText.writeField(name));
            } else {
                change.put(WebText.writeField(name), WebText.write(value));
            }
        });
        Arguments arguments = new Arguments()
                .add("append", userCategory, userField, user.orElse(""), user.isPresent() ? "1" : "0")
                .add(RedisTime.text(changed.updateTime()))
                .add(changed.expireTime().map(WebContent::millis).orElse(0L))
                .add(goes.size());
        goes.forEach(arguments::add);
        changes.forEach(change -> arguments.add(2 * change.size()).addAll(change));
        return arguments;
    }
}
