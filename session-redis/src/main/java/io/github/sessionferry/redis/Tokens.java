package io.github.sessionferry.redis;

import java.time.Instant;
import java.util.UUID;

/**
 * Names of single changes, different for each: they are a session's revisions, and by them a change that got no answer is
 * found again.
 */
final class Tokens {

    private static final int RADIX = 36;

    private Tokens() {}

    static String next(Instant now) {
        return Long.toString(now.toEpochMilli(), RADIX) + "."
                + UUID.randomUUID().toString().replace("-", "");
    }

    /** When a token was made, by the clock of its maker. */
    static Instant madeAt(String token) {
        return Instant.ofEpochMilli(Long.parseLong(token.substring(0, token.indexOf('.')), RADIX));
    }
}
