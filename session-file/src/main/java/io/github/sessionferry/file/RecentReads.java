package io.github.sessionferry.file;

import io.github.sessionferry.core.Session;
import java.io.IOException;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The sessions that were read last: of a few MiB of files at most. A migration asks for each session several times within a
 * short while; as long as its file has not changed, it need not be read again. Thread-safe.
 */
final class RecentReads {

    private static final long MOST_BYTES = 4 << 20;

    /** What a small session takes at least. */
    private static final long FEWEST_BYTES = 512;

    private final Map<String, Read> reads = new LinkedHashMap<>();
    private long bytes;

    private record Read(FileState file, Session session) {

        long bytes() {
            return Math.max(FEWEST_BYTES, file.size());
        }
    }

    /** Tells a file's state; nothing if there is none. */
    interface Look {
        @Nullable
        FileState now() throws IOException;
    }

    /** The session that was read of a file, if the file is still as it was; looks at it only if one is remembered. */
    @Nullable
    Session find(String name, Look file) throws IOException {
        Read read = read(name);
        return read != null && read.file().equals(file.now()) ? read.session() : null;
    }

    private synchronized @Nullable Read read(String name) {
        return reads.get(name);
    }

    /** Remembers a session, if its file will show any change. */
    synchronized void add(String name, FileState file, Session session) {
        forget(reads.remove(name));
        if (file.tellsEveryChange()) {
            Read read = new Read(file, session);
            reads.put(name, read);
            bytes += read.bytes();
            Iterator<Read> oldest = reads.values().iterator();
            while (bytes > MOST_BYTES) {
                forget(oldest.next());
                oldest.remove();
            }
        }
    }

    private void forget(@Nullable Read read) {
        bytes -= read == null ? 0 : read.bytes();
    }
}
