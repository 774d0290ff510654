package io.github.sessionferry.core.rollout;

import java.nio.charset.StandardCharsets;
import org.apache.commons.codec.digest.MurmurHash3;

/**
 * Places users in buckets, the same in every process.
 *
 * <p>A lone surrogate in a key counts as {@code ?}, as {@link String#getBytes(java.nio.charset.Charset)} encodes it:
 * every id has a bucket, and it is the one that other Java users of the same hash see.
 *
 * <p>Thread-safe.
 */
final class Bucketing {

    static final int BUCKETS = 10_000;

    private static final int ROLLOUT_SEED = 0;

    private Bucketing() {}

    /** Returns what is hashed before the user id. */
    static String keyPrefix(String salt) {
        return salt + ":";
    }

    static int bucket(String keyPrefix, String userId) {
        return bucket(hash(keyPrefix + userId, ROLLOUT_SEED));
    }

    /**
     * Makes the last two decimal digits of the hash the whole percent and the two before them the hundredths, so that
     * whole percents admit exactly whom Unleash's {@code hash mod 100 + 1 <= percentage} admits.
     */
    static int bucket(long unsignedHash) {
        long percent = unsignedHash % 100;
        long hundredths = unsignedHash / 100 % 100;
        return (int) (percent * 100 + hundredths);
    }

    /** Returns the murmur3_x86_32 of the key's UTF-8, 0 to 2<sup>32</sup> − 1. */
    static long hash(String key, int seed) {
        byte[] bytes = key.getBytes(StandardCharsets.UTF_8);
        return Integer.toUnsignedLong(MurmurHash3.hash32x86(bytes, 0, bytes.length, seed));
    }
}
