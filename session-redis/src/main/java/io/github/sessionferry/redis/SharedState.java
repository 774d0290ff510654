package io.github.sessionferry.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.sessionferry.core.ScanCursor;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SharedScope;
import io.github.sessionferry.core.SharedScopePage;
import io.github.sessionferry.core.SharedStateOutcome;
import io.github.sessionferry.core.SharedValue;
import io.github.sessionferry.core.TaggedValue;
import io.github.sessionferry.core.codec.DerivedId;
import io.github.sessionferry.core.codec.Json;
import io.lettuce.core.KeyValue;
import io.lettuce.core.Limit;
import io.lettuce.core.Range;
import io.lettuce.core.Range.Boundary;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** The state that sessions share, a hash a scope. Thread-safe. */
final class SharedState {

    private static final Script SHARE = Script.named("share.lua");
    private static final Script EXCHANGE = Script.named("exchange.lua");
    private static final int ATTEMPTS = 50;

    private final RedisCalls calls;
    private final String prefix;

    SharedState(RedisCalls calls, String prefix) {
        this.calls = calls;
        this.prefix = prefix;
    }

    /** What a change of a session's state or a delta is to make of shared state, and enters the scopes that get any. */
    SharedChange prepare(String action, SessionKey key, Map<String, ? extends @Nullable Object> delta, Instant now) {
        Map<String, String> app = documents(key.appScope(), delta);
        Map<String, String> user = documents(key.userScope(), delta);
        if (app.isEmpty() && user.isEmpty()) {
            return SharedChange.NONE;
        }
        SharedChange change = new SharedChange("", app, user);
        List<SharedScope> scopes = changed(key, change);
        List<List<KeyValue<String, byte[]>>> present = calls.read(
                action,
                key,
                commands -> Pipeline.all(
                        scopes,
                        scope -> enter(commands, scope)
                                .thenCombine(
                                        fields(commands, scope, change.of(scope).keySet()),
                                        (entered, found) -> found)));
        Instant time = now;
        for (int i = 0; i < scopes.size(); i++) {
            for (StoredSharedValue value : read(scopes.get(i), present.get(i)).values()) {
                time = StoredSharedValue.next(time, value);
            }
        }
        return new SharedChange(RedisTime.text(time), app, user);
    }

    private static Map<String, String> documents(SharedScope scope, Map<String, ? extends @Nullable Object> delta) {
        Map<String, String> documents = new LinkedHashMap<>();
        scope.stateScope()
                .select(delta)
                .forEach((name, value) ->
                        documents.put(Json.write(name), TaggedValue.REMOVED.equals(value) ? "" : Json.write(value)));
        return documents;
    }

    private static List<SharedScope> changed(SessionKey key, SharedChange change) {
        return List.of(key.appScope(), key.userScope()).stream()
                .filter(scope -> !change.of(scope).isEmpty())
                .toList();
    }

    private CompletionStage<Long> enter(RedisClusterAsyncCommands<String, byte[]> commands, SharedScope scope) {
        return commands.zadd(scopes(), 0, name(scope).getBytes(UTF_8));
    }

    /** Brings a change where it belongs, so that it waits no longer; again: changes nothing more. */
    void complete(String action, SessionKey key, String token, SharedChange change) {
        List<Change<List<Object>>> changes = changed(key, change).stream()
                .map(scope -> {
                    List<byte[]> arguments = new Arguments()
                            .add(change.time(), token)
                            .addAll(change.of(scope))
                            .values();
                    return new Change<>(
                            key, (commands, maybeApplied) -> SHARE.run(commands, List.of(hash(scope)), arguments));
                })
                .toList();
        calls.changeAll(action, changes).forEach(Change::get);
        Long unused = calls.read(
                action,
                key,
                commands -> commands.hdel(SessionKeys.of(prefix, key).pending(), token));
    }

    Map<String, SharedValue> find(SharedScope scope) {
        return values(scope, calls.read("find shared state", null, commands -> fields(commands, scope)));
    }

    /** The shared state of scopes, keys without prefix. */
    CompletionStage<List<Map<String, byte[]>>> fields(
            RedisClusterAsyncCommands<String, byte[]> commands, Collection<SharedScope> scopes) {
        return Pipeline.all(scopes, scope -> fields(commands, scope));
    }

    private CompletionStage<Map<String, byte[]>> fields(
            RedisClusterAsyncCommands<String, byte[]> commands, SharedScope scope) {
        return commands.hgetall(hash(scope));
    }

    /** What a scope's hash holds. */
    Map<String, SharedValue> values(SharedScope scope, Map<String, byte[]> fields) {
        try {
            Map<String, SharedValue> values = new LinkedHashMap<>();
            fields.forEach((field, text) -> StoredSharedValue.read(new String(text, UTF_8))
                    .value()
                    .ifPresent(value -> values.put(String.valueOf(Json.read(field)), value)));
            return values;
        } catch (IllegalArgumentException e) {
            throw calls.corrupt(hash(scope), null, String.valueOf(e.getMessage()));
        }
    }

    SharedStateOutcome store(SharedScope scope, Map<String, SharedValue> given, Instant now) {
        if (given.isEmpty()) {
            calls.checkOpen();
            return new SharedStateOutcome(List.of(), List.of(), List.of());
        }
        String action = "store shared state";
        List<String> names = given.keySet().stream().map(Json::write).toList();
        String token = Tokens.next(now);
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            List<KeyValue<String, byte[]>> present = calls.read(
                    action,
                    null,
                    commands -> enter(commands, scope)
                            .thenCombine(fields(commands, scope, names), (entered, found) -> found));
            Merge merge = new Merge(read(scope, present), given, token, now);
            Boolean done = merge.exchanges.values().isEmpty()
                    || calls.change(
                            action,
                            null,
                            (commands, maybeApplied) -> EXCHANGE.run(
                                            commands, List.of(hash(scope)), merge.exchanges.values())
                                    .thenApply(answer -> isDone(action, answer, maybeApplied)));
            if (done) {
                return merge.outcome();
            }
        }
        throw calls.contention(action, null);
    }

    private boolean isDone(String action, List<Object> answer, boolean maybeApplied) {
        boolean done = Arguments.text(answer.get(0)).equals("DONE");
        if (!done && maybeApplied) {
            throw calls.ambiguous(action, null, null);
        }
        return done;
    }

    /** What becomes of each key, given what is there. */
    private static final class Merge {

        private final List<String> written = new ArrayList<>();
        private final List<String> unchanged = new ArrayList<>();
        private final List<String> kept = new ArrayList<>();
        private final Arguments exchanges = new Arguments();

        Merge(Map<String, StoredSharedValue> present, Map<String, SharedValue> given, String token, Instant now) {
            given.forEach((name, value) -> {
                String field = Json.write(name);
                merge(name, field, present.get(field), value, token, now);
            });
        }

        private void merge(
                String name,
                String field,
                @Nullable StoredSharedValue present,
                SharedValue value,
                String token,
                Instant now) {
            Optional<SharedValue> there = present == null ? Optional.empty() : present.value();
            boolean writes = value.isRemoval() ? there.isPresent() : there.isEmpty() || value.isNewerThan(there.get());
            if (writes) {
                Instant told = value.storedAt(now).writeTime().orElse(null);
                String json = value.isRemoval() ? "" : Json.write(value.value());
                StoredSharedValue stored =
                        new StoredSharedValue(StoredSharedValue.next(now, present), told, token, json);
                exchanges.add(field, present == null ? "" : present.write(), stored.write());
            }
            boolean equal = value.isRemoval() ? there.isEmpty() : present != null && present.holds(value);
            (equal ? unchanged : writes ? written : kept).add(name);
        }

        SharedStateOutcome outcome() {
            return new SharedStateOutcome(written, unchanged, kept);
        }
    }

    private CompletionStage<List<KeyValue<String, byte[]>>> fields(
            RedisClusterAsyncCommands<String, byte[]> commands, SharedScope scope, Collection<String> fields) {
        return commands.hmget(hash(scope), fields.toArray(String[]::new));
    }

    private Map<String, StoredSharedValue> read(SharedScope scope, List<KeyValue<String, byte[]>> found) {
        Map<String, StoredSharedValue> present = new LinkedHashMap<>();
        try {
            found.stream()
                    .filter(KeyValue::hasValue)
                    .forEach(field ->
                            present.put(field.getKey(), StoredSharedValue.read(new String(field.getValue(), UTF_8))));
        } catch (IllegalArgumentException e) {
            throw calls.corrupt(hash(scope), null, String.valueOf(e.getMessage()));
        }
        return present;
    }

    SharedScopePage scan(ScanCursor cursor, int limit) {
        Boundary<byte[]> after = cursor.equals(ScanCursor.START)
                ? Boundary.unbounded()
                : Boundary.excluding(cursor.token().getBytes(UTF_8));
        List<byte[]> found = calls.read(
                "scan shared scopes",
                null,
                commands -> commands.zrangebylex(scopes(), Range.from(after, Boundary.unbounded()), Limit.from(limit)));
        List<String> names = found.stream().map(name -> new String(name, UTF_8)).toList();
        return new SharedScopePage(
                names.stream().map(this::scope).toList(),
                names.size() < limit ? Optional.empty() : Optional.of(new ScanCursor(names.get(names.size() - 1))));
    }

    private static String name(SharedScope scope) {
        return Json.write(
                scope.userId().map(user -> List.of(scope.appName(), user)).orElse(List.of(scope.appName())));
    }

    private SharedScope scope(String name) {
        if (Json.read(name) instanceof List<?> parts && parts.get(0) instanceof String app) {
            return parts.size() == 1 ? SharedScope.app(app) : SharedScope.user(app, String.valueOf(parts.get(1)));
        }
        throw calls.corrupt(scopes(), null, "an entry is no scope");
    }

    private String hash(SharedScope scope) {
        return hash(prefix, scope);
    }

    /** The key of a scope's hash. */
    static String hash(String prefix, SharedScope scope) {
        return scope.userId()
                .map(user -> prefix + "{" + DerivedId.of(user, scope.appName()) + "}:user-state")
                .orElse(prefix + "{" + DerivedId.of(scope.appName()) + "}:app-state");
    }

    private String scopes() {
        return prefix + "scopes";
    }
}
