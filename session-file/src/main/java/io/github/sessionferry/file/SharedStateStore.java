package io.github.sessionferry.file;

import io.github.sessionferry.core.ScanCursor;
import io.github.sessionferry.core.SessionErrorCode;
import io.github.sessionferry.core.SessionException;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SharedScope;
import io.github.sessionferry.core.SharedScopePage;
import io.github.sessionferry.core.SharedStateOutcome;
import io.github.sessionferry.core.SharedValue;
import io.github.sessionferry.core.TaggedValue;
import io.github.sessionferry.core.codec.DocumentReader;
import io.github.sessionferry.file.FileNames.Location;
import io.github.sessionferry.file.StoreFolder.UnreadableException;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The state that sessions share, a file a scope. Its locks are taken one at a time, and inside a session's lock, never
 * around one. Thread-safe.
 */
@SuppressWarnings("try") // locks are held, not used
final class SharedStateStore {

    private final Records records;
    private final FileLocks locks;

    SharedStateStore(Records records, FileLocks locks) {
        this.records = records;
        this.locks = locks;
    }

    Map<String, SharedValue> find(SharedScope scope) {
        Location location = FileNames.of(scope);
        try {
            Map<String, @Nullable Object> document = records.find(location).orElse(null);
            if (document == null) {
                return Map.of();
            }
            DocumentReader reader = records.reader(document);
            requireScope(SharedStateFile.scope(reader).equals(scope));
            return SharedStateFile.values(reader);
        } catch (UnreadableException | IllegalArgumentException e) {
            throw corrupt(location, e);
        }
    }

    /** The shared state that a session sees, keys with their prefixes. */
    Map<String, @Nullable Object> seenBy(SessionKey key) {
        Map<String, @Nullable Object> seen = new LinkedHashMap<>();
        for (SharedScope scope : List.of(key.appScope(), key.userScope())) {
            String prefix = scope.stateScope().prefix();
            find(scope).forEach((name, value) -> seen.put(prefix + name, value.value()));
        }
        return seen;
    }

    /** Applies the shared part of a state or delta, and tells whether there was any. */
    boolean apply(SessionKey key, Map<String, ? extends @Nullable Object> delta, Instant now) {
        boolean changed = false;
        for (SharedScope scope : List.of(key.appScope(), key.userScope())) {
            Map<String, @Nullable Object> part = scope.stateScope().select(delta);
            if (!part.isEmpty()) {
                change(scope, values -> applied(values, part, now));
                changed = true;
            }
        }
        return changed;
    }

    private static Map<String, SharedValue> applied(
            Map<String, SharedValue> values, Map<String, @Nullable Object> delta, Instant now) {
        Map<String, SharedValue> applied = new LinkedHashMap<>(values);
        delta.forEach((name, value) -> {
            if (TaggedValue.REMOVED.equals(value)) {
                applied.remove(name);
            } else {
                applied.put(name, SharedValue.of(value, now));
            }
        });
        return applied;
    }

    SharedStateOutcome store(SharedScope scope, Map<String, SharedValue> given, Instant now) {
        List<String> written = new ArrayList<>();
        List<String> unchanged = new ArrayList<>();
        List<String> kept = new ArrayList<>();
        change(scope, values -> {
            Map<String, SharedValue> merged = new LinkedHashMap<>(values);
            given.forEach((name, value) -> {
                SharedValue present = values.get(name);
                if (value.isRemoval()) {
                    (merged.remove(name) == null ? unchanged : written).add(name);
                    return;
                }
                boolean newer = present == null || value.isNewerThan(present);
                if (newer) {
                    merged.put(name, value.storedAt(now));
                }
                boolean equal = present != null && Objects.equals(present.value(), value.value());
                (equal ? unchanged : newer ? written : kept).add(name);
            });
            return merged;
        });
        return new SharedStateOutcome(written, unchanged, kept);
    }

    private void change(SharedScope scope, UnaryOperator<Map<String, SharedValue>> change) {
        Location location = FileNames.of(scope);
        try (FileLocks.Held held = locks.acquire("shared-" + Location.folder(location.shard()))) {
            Map<String, SharedValue> values = change.apply(find(scope));
            if (values.isEmpty()) {
                records.delete(location);
            } else {
                records.write(location, SharedStateFile.write(scope, values));
            }
        } catch (IOException e) {
            throw StoreFolder.failed("writing", records.describe(location), e);
        }
    }

    SharedScopePage scan(ScanCursor cursor, int limit) {
        List<SharedScope> scopes = new ArrayList<>();
        Optional<ShardCursor> next = records.walk(ShardCursor.of(cursor), file -> true, location -> {
            if (scopes.size() == limit) {
                return false;
            }
            scope(location).ifPresent(scopes::add);
            return true;
        });
        return new SharedScopePage(scopes, next.map(ShardCursor::cursor));
    }

    private Optional<SharedScope> scope(Location location) {
        try {
            Optional<SharedScope> scope =
                    records.find(location).map(document -> SharedStateFile.scope(records.reader(document)));
            scope.ifPresent(found -> requireScope(FileNames.of(found).equals(location)));
            return scope;
        } catch (UnreadableException | IllegalArgumentException e) {
            throw corrupt(location, e);
        }
    }

    private static void requireScope(boolean right) {
        if (!right) {
            throw new IllegalArgumentException("the shared state in the file belongs into a file of another name");
        }
    }

    private SessionException corrupt(Location location, Exception e) {
        return new SessionException(SessionErrorCode.CORRUPT, records.describe(location) + ": " + e.getMessage(), e);
    }
}
