package io.github.sessionferry.file;

import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.codec.DocumentReader;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a session has that the application's own file has no place for. Immutable.
 *
 * @param createTime when the session was created, if known
 * @param fields its other fields
 * @param updateTime its update time, if the file system could not keep it
 * @param fileTime the modification time that stands for that update time
 */
record WebDetails(
        @Nullable Instant createTime,
        Map<String, @Nullable Object> fields,
        @Nullable Instant updateTime,
        @Nullable Instant fileTime) {

    static final WebDetails NONE = new WebDetails(null, Map.of(), null, null);

    static WebDetails of(Session session, Instant fileTime) {
        boolean isKept = session.updateTime().equals(fileTime);
        return new WebDetails(
                session.createTime().orElse(null),
                session.fields(),
                isKept ? null : session.updateTime(),
                isKept ? null : fileTime);
    }

    static WebDetails read(Map<String, ? extends @Nullable Object> document) {
        DocumentReader reader = new DocumentReader("details of a session", document);
        return new WebDetails(
                reader.time("create_time"),
                reader.require(reader.map("fields"), "fields"),
                reader.time("update_time"),
                reader.time("file_time"));
    }

    Map<String, @Nullable Object> write() {
        Map<String, @Nullable Object> document = new LinkedHashMap<>();
        document.put("create_time", createTime);
        document.put("fields", fields);
        document.put("update_time", updateTime);
        document.put("file_time", fileTime);
        return document;
    }

    /** The session's update time, given the file's modification time: whoever wrote the file since has set another. */
    Instant updateTime(Instant modified) {
        return updateTime != null && modified.equals(fileTime) ? updateTime : modified;
    }
}
