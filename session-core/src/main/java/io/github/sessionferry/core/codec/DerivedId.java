package io.github.sessionferry.core.codec;

import io.github.sessionferry.core.SessionKey;
import java.nio.ByteBuffer;
import java.util.Locale;
import org.apache.commons.codec.binary.Base32;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * Ids for stores that cannot keep a session's own: because its characters are not allowed there, because it is too long,
 * or because another user's session has it.
 *
 * <p>A derived id is what can be read of the session's id and a hash of the whole key: {@code Order #7} becomes
 * {@code order-7-} and 26 characters. It has at most {@value #MAX_LENGTH} characters of {@code [a-z0-9-]}, begins and
 * ends with a letter or digit, is the same in every process, and no two keys have the same one but by a collision of 128
 * bits of SHA-256. A store that uses one keeps the key itself beside it, and checks it on every read.
 *
 * <p>Thread-safe: static methods only.
 *
 * @since 0.1
 */
public final class DerivedId {

    /** The longest derived id, in characters. */
    public static final int MAX_LENGTH = 63;

    private static final int HASH_BYTES = 16;
    private static final int HASH_CHARS = 26;

    private DerivedId() {}

    /**
     * Derives an id from a session's key.
     *
     * @param key which session
     * @return the id
     */
    public static String of(SessionKey key) {
        return of(key.sessionId(), key.appName(), key.userId());
    }

    /**
     * Derives an id from an id and what it belongs to.
     *
     * @param id the id to be recognised
     * @param owners what makes the id unique, in a fixed order
     * @return the derived id
     */
    public static String of(String id, String... owners) {
        String slug = slug(id);
        return slug.isEmpty() ? hash(id, owners) : slug + "-" + hash(id, owners);
    }

    private static String slug(String id) {
        StringBuilder slug = new StringBuilder();
        for (int i = 0; i < id.length() && slug.length() < MAX_LENGTH - HASH_CHARS - 1; i++) {
            char c = id.charAt(i);
            if (c < 128 && Character.isLetterOrDigit(c)) {
                slug.append(c);
            } else if (!slug.isEmpty() && slug.charAt(slug.length() - 1) != '-') {
                slug.append('-');
            }
        }
        if (!slug.isEmpty() && slug.charAt(slug.length() - 1) == '-') {
            slug.setLength(slug.length() - 1);
        }
        return slug.toString().toLowerCase(Locale.ROOT);
    }

    private static String hash(String id, String... owners) {
        var digest = DigestUtils.getSha256Digest();
        for (String part : owners) {
            digest.update(utf16(part));
        }
        byte[] hash = digest.digest(utf16(id));
        return new Base32()
                .encodeToString(
                        ByteBuffer.allocate(HASH_BYTES).put(hash, 0, HASH_BYTES).array())
                .substring(0, HASH_CHARS)
                .toLowerCase(Locale.ROOT);
    }

    /** Length and UTF-16 units: unlike UTF-8, also of strings with unpaired surrogates. */
    private static byte[] utf16(String text) {
        ByteBuffer units = ByteBuffer.allocate(Integer.BYTES + Character.BYTES * text.length());
        units.putInt(text.length()).asCharBuffer().put(text);
        return units.array();
    }
}
