package io.github.sessionferry.migration;

import org.jspecify.annotations.Nullable;

/** A part of a backup is not as it was written. The message says what is wrong and holds no content. Immutable. */
final class BackupDamage extends Exception {

    private static final long serialVersionUID = 1L;

    BackupDamage(String message) {
        this(message, null);
    }

    BackupDamage(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    String reason() {
        return String.valueOf(getMessage());
    }
}
