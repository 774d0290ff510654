package io.github.sessionferry.migration;

import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SharedScope;
import java.nio.charset.StandardCharsets;
import org.apache.commons.codec.digest.MurmurHash3;

/**
 * Which sessions a validation looks at: a share of all, chosen by a hash of the key and a seed, so that every scan and every
 * run with the same seed choose the same. Immutable.
 *
 * @param share how many of all, above 0; at 1 every one
 * @param seed another one chooses others
 */
record Sample(double share, long seed) {

    /** As many as a double tells apart between 0 and 1. */
    private static final int HASH_BITS = 53;

    private static final double HASHES = 1L << HASH_BITS;

    static final Sample ALL = new Sample(1, 0);

    static double requireShare(double share) {
        if (!(share > 0 && share <= 1)) {
            throw new IllegalArgumentException("sample is " + share + "; it must be above 0 and at most 1");
        }
        return share;
    }

    boolean isAll() {
        return share == 1;
    }

    boolean includes(SessionKey key) {
        return isAll() || includes(key.appName(), key.userId(), key.sessionId());
    }

    /** Users by their share; applications always, for they are few and each concerns every user. */
    boolean includes(SharedScope scope) {
        return isAll()
                || scope.userId().isEmpty()
                || includes(scope.appName(), scope.userId().get());
    }

    private boolean includes(String... parts) {
        return hash(String.join("\0", parts)) / HASHES < share;
    }

    private long hash(String text) {
        byte[] bytes = (seed + "\0" + text).getBytes(StandardCharsets.UTF_8);
        return MurmurHash3.hash128x64(bytes, 0, bytes.length, 0)[0] >>> (Long.SIZE - HASH_BITS);
    }
}
