package io.github.sessionferry.redis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import io.github.sessionferry.core.AmbiguousOutcomeException;
import io.github.sessionferry.core.AppendOutcome;
import io.github.sessionferry.core.DeleteOutcome;
import io.github.sessionferry.core.Precondition;
import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionErrorCode;
import io.github.sessionferry.core.SessionEvent;
import io.github.sessionferry.core.SessionException;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SessionNotFoundException;
import io.github.sessionferry.core.StateScope;
import io.github.sessionferry.core.StateValues;
import io.github.sessionferry.core.StoreOutcome;
import io.github.sessionferry.core.StoreRequest;
import io.github.sessionferry.core.StoreResult;
import io.github.sessionferry.core.TaggedValue;
import io.github.sessionferry.core.codec.Json;
import io.lettuce.core.KeyValue;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Changes sessions, each by scripts that do nothing more when they are run again. Thread-safe. */
final class SessionWrites {

    private static final int AT_ONCE = 256;
    private static final long BYTES_AT_ONCE = 8 << 20;
    private static final int ATTEMPTS = 20;
    private static final Script STORE = Script.named("store.lua");
    private static final Script APPEND = Script.named("append.lua");
    private static final Script DELETE = Script.named("delete.lua");

    private final RedisCalls calls;
    private final String prefix;
    private final SharedState sharedState;
    private final SessionIndex index;
    private final Clock clock;

    SessionWrites(RedisCalls calls, String prefix, SharedState sharedState, SessionIndex index, Clock clock) {
        this.calls = calls;
        this.prefix = prefix;
        this.sharedState = sharedState;
        this.index = index;
        this.clock = clock;
    }

    /** Creates a session with a first state; its revision, or empty if there is one already. */
    Optional<String> create(Session session, Map<String, ? extends @Nullable Object> firstState) {
        SessionKey key = session.key();
        SharedChange shared = sharedState.prepare("create", key, firstState, now());
        StoreTask task = new StoreTask(session, Tokens.next(now()), Optional.empty(), shared.pending());
        run("create", List.of(task));
        if (task.outcome().status() == StoreOutcome.Status.CONFLICT) {
            return Optional.empty();
        }
        complete("create", key, task.token(), shared);
        return Optional.of(task.revision());
    }

    AppendOutcome append(SessionKey key, SessionEvent event) {
        SharedChange shared = sharedState.prepare("append", key, event.stateDelta(), now());
        String token = Tokens.next(now());
        Arguments arguments = new Arguments()
                .add(
                        RedisTime.comparable(now()),
                        token,
                        Json.write(event.id()),
                        StoredSession.event(event),
                        event.timestamp().getEpochSecond(),
                        RedisTime.micros(event.timestamp()),
                        shared.pending());
        StateScope.SESSION
                .select(event.stateDelta())
                .forEach((name, value) -> arguments.add(
                        StoredSession.state(name), TaggedValue.REMOVED.equals(value) ? "" : Json.write(value)));
        Appended appended = calls.change(
                "append",
                key,
                (commands, maybeApplied) -> APPEND.run(commands, keys(key), arguments.values())
                        .thenApply(answer -> new Appended(answer, maybeApplied)));
        if (appended.isAbsent()) {
            throw new SessionNotFoundException(key, name(), null);
        }
        appended.waiting().forEach((other, change) -> complete("append", key, other, change));
        if (appended.isNew()) {
            complete("append", key, token, shared);
        }
        return appended.isNew() || appended.maybeApplied() ? AppendOutcome.APPENDED : AppendOutcome.ALREADY_PRESENT;
    }

    /** What the script for an append answered. */
    private record Appended(List<Object> answer, boolean maybeApplied) {

        boolean isAbsent() {
            return Arguments.text(answer.get(0)).equals("ABSENT");
        }

        boolean isNew() {
            return Arguments.text(answer.get(0)).equals("APPENDED");
        }

        Map<String, SharedChange> waiting() {
            return SharedChange.readAll(answer.get(1));
        }
    }

    private String name() {
        return calls.store();
    }

    /** Brings shared state where it belongs. */
    private void complete(String action, SessionKey key, String token, SharedChange shared) {
        if (shared.isEmpty()) {
            return;
        }
        try {
            sharedState.complete(action, key, token, shared);
        } catch (SessionException e) {
            throw new AmbiguousOutcomeException(
                    action + " in " + name()
                            + " wrote the session, and perhaps not yet the shared state; do it again, or "
                            + "read the session, to complete it",
                    key,
                    e);
        }
    }

    DeleteOutcome delete(SessionKey key, Precondition precondition) {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            Optional<Present> present = present(key);
            if (present.isEmpty()) {
                return DeleteOutcome.ABSENT;
            }
            if (!precondition.holdsFor(present.get().revision())) {
                return DeleteOutcome.CONFLICT;
            }
            completeWaiting(key);
            String answer = delete(key, present.get().born(), precondition);
            if (answer.equals("DELETED")) {
                index.remove(key, present.get().born());
                return DeleteOutcome.DELETED;
            }
        }
        throw calls.contention("delete", key);
    }

    private String delete(SessionKey key, String born, Precondition precondition) {
        Arguments arguments = new Arguments()
                .add(
                        RedisTime.comparable(now()),
                        born,
                        precondition.requiredRevision().orElse(""));
        return calls.change(
                "delete",
                key,
                (commands, maybeApplied) -> DELETE.run(commands, keys(key), arguments.values())
                        .thenApply(answer -> {
                            String status = Arguments.text(answer.get(0));
                            boolean gone = status.equals("ABSENT") || status.equals("OTHER");
                            return maybeApplied && gone ? "DELETED" : status;
                        }));
    }

    private void completeWaiting(SessionKey key) {
        Map<String, byte[]> waiting = calls.read(
                "delete",
                key,
                commands -> commands.hgetall(SessionKeys.of(prefix, key).pending()));
        waiting.forEach(
                (token, change) -> complete("delete", key, token, SharedChange.read(new String(change, UTF_8))));
    }

    /** Stores sessions, a window of them at a time; the results in the order of the requests. */
    List<StoreResult> storeAll(List<StoreRequest> requests) {
        List<StoreResult> results = new ArrayList<>(requests.size());
        for (int i = 0; i < requests.size(); i += AT_ONCE) {
            results.addAll(storeWindow(requests.subList(i, Math.min(requests.size(), i + AT_ONCE))));
        }
        return results;
    }

    private List<StoreResult> storeWindow(List<StoreRequest> requests) {
        List<Storing> all = requests.stream().map(Storing::new).toList();
        List<Storing> open = all;
        for (int attempt = 0; attempt < ATTEMPTS && !open.isEmpty(); attempt++) {
            attempt(open);
            open = open.stream().filter(storing -> storing.result == null).toList();
        }
        open.forEach(storing -> storing.fail(calls.contention("store", storing.key())));
        return all.stream().map(storing -> requireNonNull(storing.result)).toList();
    }

    /** A request under way: with a result in the end. */
    private static final class Storing {

        private final StoreRequest request;
        private @Nullable StoreTask task;
        private @Nullable StoreResult result;

        Storing(StoreRequest request) {
            this.request = request;
        }

        SessionKey key() {
            return request.session().key();
        }

        void fail(SessionException failure) {
            result = StoreResult.failed(key(), failure);
        }

        /** Takes the task's result, but for one that asks for nothing and that others got in the way of. */
        void finish() {
            if (task != null) {
                boolean asksNothing = request.precondition().equals(Precondition.none());
                result = task.isConflict() && asksNothing ? null : task.result();
                task = null;
            }
        }
    }

    private void attempt(List<Storing> all) {
        try {
            List<Optional<Present>> present = present(all);
            for (int i = 0; i < all.size(); i++) {
                begin(all.get(i), present.get(i));
            }
        } catch (SessionException e) {
            all.forEach(storing -> storing.fail(e));
            return;
        }
        List<StoreTask> group = new ArrayList<>();
        long bytes = 0;
        for (Storing storing : all) {
            if (storing.task != null) {
                group.add(storing.task);
                bytes += storing.task.bytes();
            }
            if (bytes > BYTES_AT_ONCE) {
                run("store", group);
                group.clear();
                bytes = 0;
            }
        }
        run("store", group);
        all.forEach(Storing::finish);
    }

    private void begin(Storing storing, Optional<Present> present) {
        StoreRequest request = storing.request;
        if (!request.precondition().holdsFor(present.map(Present::revision).orElse(null))) {
            storing.result = StoreResult.of(storing.key(), StoreOutcome.CONFLICT);
            return;
        }
        try {
            storing.task = task(request.session(), present);
        } catch (SessionException e) {
            storing.fail(e);
        }
    }

    private StoreTask task(Session session, Optional<Present> present) {
        try {
            return new StoreTask(session, Tokens.next(now()), present, "");
        } catch (IllegalArgumentException e) {
            throw new SessionException(
                    SessionErrorCode.INVALID_SESSION,
                    name() + " cannot keep it: " + e.getMessage(),
                    session.key(),
                    null,
                    null);
        }
    }

    /** Refuses a session that cannot be stored. */
    void check(Session session) {
        StoreTask unused = task(session, Optional.empty());
    }

    /** What a change goes by. */
    record Present(String revision, String born) {}

    private Optional<Present> present(SessionKey key) {
        return readPresent(calls.read("find", key, commands -> present(commands, key)));
    }

    private List<Optional<Present>> present(List<Storing> all) {
        return calls
                .read(
                        "store",
                        null,
                        commands -> Pipeline.all(
                                all,
                                storing -> storing.request.precondition().requiresAbsence()
                                        ? CompletableFuture.completedFuture(List.<KeyValue<String, byte[]>>of())
                                        : present(commands, storing.key())))
                .stream()
                .map(this::readPresent)
                .toList();
    }

    private CompletionStage<List<KeyValue<String, byte[]>>> present(
            RedisClusterAsyncCommands<String, byte[]> commands, SessionKey key) {
        return commands.hmget(
                SessionKeys.of(prefix, key).session(), StoredSession.REVISION, StoredSession.BORN, StoredSession.UNTIL);
    }

    private Optional<Present> readPresent(List<KeyValue<String, byte[]>> fields) {
        if (fields.isEmpty() || !fields.get(0).hasValue() || !fields.get(1).hasValue()) {
            return Optional.empty();
        }
        boolean expired = fields.get(2).hasValue()
                && Long.parseLong(Arguments.text(fields.get(2).getValue())) <= RedisTime.comparable(now());
        return expired
                ? Optional.empty()
                : Optional.of(new Present(
                        Arguments.text(fields.get(0).getValue()),
                        Arguments.text(fields.get(1).getValue())));
    }

    /** Writes sessions at the same time, each with its entry in the index before it. */
    private void run(String action, List<StoreTask> tasks) {
        if (tasks.isEmpty()) {
            return;
        }
        Instant now = now();
        try {
            List<List<Object>> unused = calls.read(
                    action,
                    tasks.size() == 1 ? tasks.get(0).key() : null,
                    commands -> Pipeline.all(
                            tasks,
                            task -> index.enter(
                                    commands,
                                    task.key(),
                                    task.born(),
                                    task.session().expireTime().orElse(null),
                                    now)));
        } catch (SessionException e) {
            tasks.forEach(task -> task.fail(e));
        }
        for (int part = 0; runPart(action, part, tasks, now); part++) {
            // The next one.
        }
        tasks.stream()
                .filter(task -> task.isConflict() && task.creates())
                .forEach(task -> index.remove(task.key(), task.born()));
    }

    /** Writes the parts of one number; false if no session has such a part. */
    private boolean runPart(String action, int part, List<StoreTask> all, Instant now) {
        List<StoreTask> tasks = all.stream().filter(task -> task.hasPart(part)).toList();
        if (tasks.isEmpty()) {
            return false;
        }
        List<Change<List<Object>>> changes = calls.changeAll(
                action,
                tasks.stream().map(task -> change(action, part, task, now)).toList());
        for (int i = 0; i < tasks.size(); i++) {
            tasks.get(i).note(part, changes.get(i));
        }
        return true;
    }

    private Change<List<Object>> change(String action, int part, StoreTask task, Instant now) {
        Arguments arguments = task.part(part, now);
        return new Change<>(
                task.key(),
                (commands, maybeApplied) -> STORE.run(commands, keys(task.key()), arguments.values())
                        .thenApply(answer -> {
                            boolean conflict =
                                    Arguments.text(answer.get(0)).equals(StoreOutcome.Status.CONFLICT.name());
                            if (conflict && maybeApplied && !task.creates()) {
                                throw calls.ambiguous(action, task.key(), null);
                            }
                            return answer;
                        }));
    }

    private List<String> keys(SessionKey key) {
        return SessionKeys.of(prefix, key).all();
    }

    private Instant now() {
        return StateValues.toMicros(clock.instant());
    }
}
