package io.github.sessionferry.testkit.firestore;

import com.google.firestore.v1.Document;
import org.jspecify.annotations.Nullable;

/** One version of a document, and the older versions that somebody may still read. Not thread-safe. */
final class StoredDocument {
    private final ResourcePath path;
    private final @Nullable Document content;
    private final long version;
    private @Nullable StoredDocument older;

    /**
     * Creates a version.
     *
     * @param content null if this version is a deletion
     * @param version the commit that makes it, in microseconds since the epoch
     */
    StoredDocument(ResourcePath path, @Nullable Document content, long version, @Nullable StoredDocument older) {
        this.path = path;
        this.content = content;
        this.version = version;
        this.older = older;
    }

    ResourcePath path() {
        return path;
    }

    @Nullable
    Document content() {
        return content;
    }

    long version() {
        return version;
    }

    boolean isOldest() {
        return older == null;
    }

    void forgetOlder() {
        older = null;
    }

    /** The newest version that is not younger than a moment. */
    @Nullable
    StoredDocument at(long micros) {
        StoredDocument candidate = this;
        while (candidate != null && candidate.version > micros) {
            candidate = candidate.older;
        }
        return candidate;
    }
}
