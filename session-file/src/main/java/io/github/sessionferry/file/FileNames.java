package io.github.sessionferry.file;

import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SessionQuery;
import io.github.sessionferry.core.SharedScope;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Locale;

/**
 * Where records stand: {@code SHARD/SLUG.APP.USER.HASH.json}. The hash of the whole key keeps names apart whatever the
 * file system does to case and accents; the slug is for people; the short hashes of application and user let a listing
 * pass over other people's files unread. No part of an id that could mean something to a file system gets through.
 */
final class FileNames {

    static final String SUFFIX = ".json";
    static final int SHARDS = 256;

    private static final int SLUG_CHARS = 40;
    private static final int OWNER_HEX = 8;
    private static final int KEY_HEX = 40;

    private FileNames() {}

    /** The folder and the file of a record, relative to the folder of all records of its kind. */
    record Location(int shard, String name) {

        static String folder(int shard) {
            return HexFormat.of().toHexDigits((byte) shard);
        }
    }

    static Location of(SessionKey key) {
        String hash = hash(key.appName(), key.userId(), key.sessionId());
        return location(hash, key.sessionId(), owner(SharedScope.user(key.appName(), key.userId())));
    }

    static Location of(SharedScope scope) {
        String userId = scope.userId().orElse(null);
        String hash = userId == null ? hash(scope.appName()) : hash(scope.appName(), userId);
        return location(hash, userId == null ? scope.appName() : userId, owner(scope));
    }

    /** Tells whether a file may hold a session that is asked for; false if it certainly does not. */
    static boolean mayMatch(String name, SessionQuery query) {
        return name.contains(owner(query.userId()
                .map(userId -> SharedScope.user(query.appName(), userId))
                .orElseGet(() -> SharedScope.app(query.appName()))));
    }

    private static Location location(String hash, String readable, String owner) {
        return new Location(
                HexFormat.fromHexDigits(hash, 0, 2), slug(readable) + owner + hash.substring(0, KEY_HEX) + SUFFIX);
    }

    private static String owner(SharedScope scope) {
        String app = "." + hash(scope.appName()).substring(0, OWNER_HEX) + ".";
        return scope.userId()
                .map(userId -> app + hash(scope.appName(), userId).substring(0, OWNER_HEX) + ".")
                .orElse(app);
    }

    private static String slug(String id) {
        String start = id.substring(0, Math.min(id.length(), SLUG_CHARS));
        return start.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9_-]", "_");
    }

    static String hash(String... parts) {
        MessageDigest digest = Digests.sha256();
        for (String part : parts) {
            update(digest, part);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /** Length first, so that no two lists of parts are alike; UTF-16 as it is, for lone surrogates have no UTF-8. */
    private static void update(MessageDigest digest, String part) {
        for (int shift = 24; shift >= 0; shift -= 8) {
            digest.update((byte) (part.length() >>> shift));
        }
        for (int i = 0; i < part.length(); i++) {
            digest.update((byte) (part.charAt(i) >>> 8));
            digest.update((byte) part.charAt(i));
        }
    }
}
