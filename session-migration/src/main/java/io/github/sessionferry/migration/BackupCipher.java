package io.github.sessionferry.migration;

import com.google.crypto.tink.Aead;
import io.github.sessionferry.core.SessionErrorCode;
import io.github.sessionferry.core.SessionException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.commons.codec.digest.HmacAlgorithms;
import org.apache.commons.codec.digest.HmacUtils;

/** How a backup hides what it holds, and proves that it was not changed. Thread-safe. */
sealed interface BackupCipher {

    /** For a backup that is not encrypted: it finds damage, not forgery. */
    BackupCipher PLAIN = new Plain();

    /** Hides bytes that are to stand at a place, and nowhere else. */
    byte[] seal(byte[] bytes, String place);

    /** Gives back the bytes of a place. */
    byte[] open(byte[] sealed, String place) throws BackupDamage;

    /** A hash that tells nothing of the bytes to whoever lacks the key. */
    byte[] hash(byte[] bytes);

    /** What the backup must keep so that the key opens it; empty if it is not encrypted. */
    Optional<String> wrappedKey();

    /** Begins an encrypted backup. */
    static BackupCipher begin(BackupKey key, String backupId) {
        byte[] hashKey = new byte[Encrypted.HASH_KEY_BYTES];
        new SecureRandom().nextBytes(hashKey);
        try {
            byte[] wrapped = key.aead().encrypt(hashKey, Encrypted.context(backupId, Encrypted.HASH_KEY));
            return new Encrypted(
                    key.aead(), backupId, hashKey, Base64.getEncoder().encodeToString(wrapped));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Tink encrypts with its own keys", e);
        }
    }

    /** Opens an encrypted backup, or refuses the key. */
    static BackupCipher open(BackupKey key, String backupId, String wrappedKey) {
        try {
            byte[] hashKey = key.aead()
                    .decrypt(Base64.getDecoder().decode(wrappedKey), Encrypted.context(backupId, Encrypted.HASH_KEY));
            return new Encrypted(key.aead(), backupId, hashKey, wrappedKey);
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new SessionException(
                    SessionErrorCode.UNAUTHENTICATED,
                    "the key does not open this backup; give the key file that it was made with, or another copy of the"
                            + " backup if it was changed since",
                    e);
        }
    }

    /** Leaves bytes as they are. */
    final class Plain implements BackupCipher {

        @Override
        public byte[] seal(byte[] bytes, String place) {
            return bytes;
        }

        @Override
        public byte[] open(byte[] sealed, String place) {
            return sealed;
        }

        @Override
        public byte[] hash(byte[] bytes) {
            return DigestUtils.sha256(bytes);
        }

        @Override
        public Optional<String> wrappedKey() {
            return Optional.empty();
        }
    }

    /** Encrypts with the user's key; hashes with a random one of the backup, which the user's key wraps. */
    final class Encrypted implements BackupCipher {

        private static final int HASH_KEY_BYTES = 32;
        private static final String HASH_KEY = "hash key";

        private final Aead aead;
        private final String backupId;
        private final byte[] hashKey;
        private final String wrappedKey;

        private Encrypted(Aead aead, String backupId, byte[] hashKey, String wrappedKey) {
            this.aead = aead;
            this.backupId = backupId;
            this.hashKey = hashKey;
            this.wrappedKey = wrappedKey;
        }

        private static byte[] context(String backupId, String place) {
            return ("session-ferry backup " + backupId + " " + place).getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public byte[] seal(byte[] bytes, String place) {
            try {
                return aead.encrypt(bytes, context(backupId, place));
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("Tink encrypts with its own keys", e);
            }
        }

        @Override
        public byte[] open(byte[] sealed, String place) throws BackupDamage {
            try {
                return aead.decrypt(sealed, context(backupId, place));
            } catch (GeneralSecurityException e) {
                throw new BackupDamage("it was changed since it was written, or written with another key", e);
            }
        }

        @Override
        public byte[] hash(byte[] bytes) {
            return new HmacUtils(HmacAlgorithms.HMAC_SHA_256, hashKey).hmac(bytes);
        }

        @Override
        public Optional<String> wrappedKey() {
            return Optional.of(wrappedKey);
        }
    }
}
