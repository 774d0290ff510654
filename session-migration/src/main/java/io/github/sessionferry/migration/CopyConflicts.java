package io.github.sessionferry.migration;

import io.github.sessionferry.core.SharedScope;
import io.github.sessionferry.core.codec.Json;
import io.github.sessionferry.migration.MigrationReport.SharedKey;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.commons.codec.digest.MurmurHash3;
import org.jspecify.annotations.Nullable;

/**
 * Finds shared keys of which sessions hold copies that disagree. It remembers the values of the 65,536 keys met last, by
 * their hashes. Not thread-safe.
 */
final class CopyConflicts {

    private static final int MOST_REMEMBERED = 1 << 16;

    /** The hash of a key's value; empty once its copies are known to disagree. */
    private final Map<SharedKey, Optional<Long>> values = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<SharedKey, Optional<Long>> eldest) {
            return size() > MOST_REMEMBERED;
        }
    };

    /** Whether this copy is the first to disagree with another one. */
    boolean isNew(SharedScope scope, String key, @Nullable Object value) {
        SharedKey shared = new SharedKey(scope, key);
        Optional<Long> hash = Optional.of(hash(value));
        Optional<Long> before = values.putIfAbsent(shared, hash);
        if (before == null || before.isEmpty() || before.equals(hash)) {
            return false;
        }
        values.put(shared, Optional.empty());
        return true;
    }

    private static long hash(@Nullable Object value) {
        byte[] bytes = Json.write(value).getBytes(StandardCharsets.UTF_8);
        return MurmurHash3.hash128x64(bytes, 0, bytes.length, 0)[0];
    }
}
