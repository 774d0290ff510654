package io.github.sessionferry.migration;

import static java.util.Objects.requireNonNull;

import com.google.crypto.tink.Aead;
import com.google.crypto.tink.InsecureSecretKeyAccess;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.RegistryConfiguration;
import com.google.crypto.tink.TinkJsonProtoKeysetFormat;
import com.google.crypto.tink.aead.AeadConfig;
import com.google.crypto.tink.aead.PredefinedAeadParameters;
import io.github.sessionferry.core.SessionErrorCode;
import io.github.sessionferry.core.SessionException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.security.GeneralSecurityException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The key that backups are encrypted with: a keyset of Google Tink for AES-256-GCM, in a file of JSON that only its owner
 * can read.
 *
 * <p>Without the key an encrypted backup is lost: keep a copy of the file, and not beside the backups. A keyset that
 * holds several keys, as Tink's own tool makes them, opens backups of each and encrypts with the primary one.
 *
 * <p>Immutable. {@link #toString()} does not show the key.
 *
 * @since 0.1
 */
public final class BackupKey {

    private static final Set<PosixFilePermission> OTHERS = Set.of(
            PosixFilePermission.GROUP_READ,
            PosixFilePermission.GROUP_WRITE,
            PosixFilePermission.OTHERS_READ,
            PosixFilePermission.OTHERS_WRITE);
    private static final int LONGEST_FILE = 1 << 20;

    private final Aead aead;

    private BackupKey(KeysetHandle keyset) throws GeneralSecurityException {
        aead = keyset.getPrimitive(RegistryConfiguration.get(), Aead.class);
    }

    static {
        try {
            AeadConfig.register();
        } catch (GeneralSecurityException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /**
     * Makes a new key and writes it to a file that only its owner may read and write.
     *
     * @param file where to; must not exist
     * @return the key
     * @throws SessionException {@link SessionErrorCode#ALREADY_EXISTS} if there is such a file; it is not changed.
     *     {@link SessionErrorCode#UNAVAILABLE} if the file cannot be written
     */
    public static BackupKey generate(Path file) {
        requireNonNull(file, "file");
        try (OutputStream out = BackupFolder.createPrivate(file)) {
            KeysetHandle keyset = KeysetHandle.generateNew(PredefinedAeadParameters.AES256_GCM);
            out.write(TinkJsonProtoKeysetFormat.serializeKeyset(keyset, InsecureSecretKeyAccess.get())
                    .getBytes(StandardCharsets.UTF_8));
            return new BackupKey(keyset);
        } catch (FileAlreadyExistsException e) {
            throw new SessionException(
                    SessionErrorCode.ALREADY_EXISTS,
                    "there is a file " + file + " already; no key is ever overwritten, so name another file",
                    e);
        } catch (IOException e) {
            throw new SessionException(
                    SessionErrorCode.UNAVAILABLE,
                    "the key file " + file + " cannot be written ("
                            + e.getClass().getSimpleName() + "); name a file in a folder that may be written",
                    e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Tink makes keys of its own parameters", e);
        }
    }

    /**
     * Reads a key from a file.
     *
     * @param file a keyset for authenticated encryption in Tink's JSON format
     * @return the key
     * @throws SessionException {@link SessionErrorCode#UNAUTHENTICATED} if the file cannot be read, holds no such keyset,
     *     or may be read by others than its owner
     */
    public static BackupKey read(Path file) {
        requireNonNull(file, "file");
        try {
            requirePrivate(file);
            if (Files.size(file) > LONGEST_FILE) {
                throw noKeyset(file, null);
            }
            String json = Files.readString(file, StandardCharsets.UTF_8);
            return new BackupKey(TinkJsonProtoKeysetFormat.parseKeyset(json, InsecureSecretKeyAccess.get()));
        } catch (IOException e) {
            throw new SessionException(
                    SessionErrorCode.UNAUTHENTICATED,
                    "the key file " + file + " cannot be read (" + e.getClass().getSimpleName()
                            + "); check the path and its permissions",
                    e);
        } catch (GeneralSecurityException | RuntimeException e) {
            if (e instanceof SessionException known) {
                throw known;
            }
            // The cause may quote the file, which holds the key.
            throw noKeyset(file, e.getClass().getSimpleName());
        }
    }

    private static SessionException noKeyset(Path file, @Nullable String why) {
        return new SessionException(
                SessionErrorCode.UNAUTHENTICATED,
                "the file " + file + " holds no key for backups" + (why == null ? "" : " (" + why + ")")
                        + "; make one with session backup --generate-key FILE");
    }

    private static void requirePrivate(Path file) throws IOException {
        PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
        if (view != null && view.readAttributes().permissions().stream().anyMatch(OTHERS::contains)) {
            throw new SessionException(
                    SessionErrorCode.UNAUTHENTICATED,
                    "others may read or write the key file " + file + "; allow it to its owner alone: chmod 600");
        }
    }

    Aead aead() {
        return aead;
    }

    @Override
    public String toString() {
        return "BackupKey";
    }
}
