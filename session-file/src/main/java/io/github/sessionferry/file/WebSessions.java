package io.github.sessionferry.file;

import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.codec.Json;
import io.github.sessionferry.core.codec.SessionDocument;
import io.github.sessionferry.file.FileNames.Location;
import io.github.sessionferry.file.StoreFolder.UnreadableException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where each web session stands: in the application's file if that tells all of its key, else among our own records.
 *
 * <p>What the application's file has no place for stands beside, among our own records too. A session whose place changes
 * is first written to the new one and then removed from the old one; what a crash leaves in both is taken from the
 * application's file.
 *
 * <p>Thread-safe; of writers of sessions with one id, only one at a time.
 */
final class WebSessions {

    private static final String OWN_FOLDER = ".session-ferry";
    private static final String SESSIONS = "sessions";
    private static final String DETAILS = "details";

    private final WebForm form;
    private final WebFiles files;
    private final Records own;
    private final Records details;
    private final Path ownFolder;
    private final Path temporaries;
    private final @Nullable Duration ttl;
    private final RecentReads recentReads = new RecentReads();

    WebSessions(Path folder, WebForm form, WebFiles files, @Nullable Duration ttl) {
        this.form = form;
        this.files = files;
        this.ttl = ttl;
        StoreFolder records = new StoreFolder(folder);
        ownFolder = folder.resolve(OWN_FOLDER);
        own = new Records(records, folder, OWN_FOLDER + "/" + SESSIONS);
        details = new Records(records, folder, OWN_FOLDER + "/" + DETAILS);
        temporaries = ownFolder.resolve("temporary");
    }

    Records own() {
        return own;
    }

    /** The session with a key, expired or not. */
    @Nullable
    Session find(SessionKey key) throws IOException, UnreadableException {
        Session plain = form.isPlain(key) ? findPlain(key.sessionId()) : null;
        return plain != null && plain.key().equals(key) ? plain : findOwn(FileNames.of(key));
    }

    /** The session in the application's file of an id, whoever's it is. */
    @Nullable
    Session findPlain(String id) throws IOException, UnreadableException {
        String name = WebForm.fileName(id);
        Session recent = recentReads.find(name, () -> files.state(name));
        return recent == null ? readPlain(name, id) : recent;
    }

    private @Nullable Session readPlain(String name, String id) throws IOException, UnreadableException {
        WebFiles.Content content = files.read(name);
        if (content == null) {
            return null;
        }
        Session session = session(id, content);
        recentReads.add(name, content.file(), session);
        return session;
    }

    private Session session(String id, WebFiles.Content content) throws UnreadableException {
        SessionKey key = form.key(id, content.state());
        WebDetails details = details(key);
        Instant updateTime = details.updateTime(content.modified());
        return Session.builder(key, updateTime)
                .state(content.state())
                .createTime(details.createTime())
                .expireTime(ttl == null ? null : updateTime.plus(ttl))
                .fields(details.fields())
                .revision(
                        details.equals(WebDetails.NONE)
                                ? content.digest()
                                : revision(content.digest(), details.write()))
                .build();
    }

    private WebDetails details(SessionKey key) throws UnreadableException {
        if (!details.exist()) {
            return WebDetails.NONE;
        }
        Location location = FileNames.of(key);
        if (!details.mayExist(location)) {
            return WebDetails.NONE;
        }
        try {
            return details.find(location).map(WebDetails::read).orElse(WebDetails.NONE);
        } catch (IllegalArgumentException e) {
            throw new UnreadableException(String.valueOf(e.getMessage()));
        }
    }

    /** The session in one of our own records, unless the application's file has it as well. */
    @Nullable
    Session findOwnOnly(Location location) throws IOException, UnreadableException {
        Session session = findOwn(location);
        if (session == null || !form.isPlain(session.key())) {
            return session;
        }
        Session plain = findPlain(session.key().sessionId());
        return plain != null && plain.key().equals(session.key()) ? null : session;
    }

    private @Nullable Session findOwn(Location location) throws UnreadableException {
        Map<String, @Nullable Object> document =
                own.mayExist(location) ? own.find(location).orElse(null) : null;
        if (document == null) {
            return null;
        }
        try {
            return SessionDocument.read(document).toBuilder()
                    .revision(revision("", document))
                    .build();
        } catch (IllegalArgumentException e) {
            throw new UnreadableException(String.valueOf(e.getMessage()));
        }
    }

    private static String revision(String digest, Map<String, @Nullable Object> rest) {
        return Digests.sha256((digest + Json.write(rest)).getBytes(StandardCharsets.UTF_8));
    }

    /** The key that a session has once its state is another one. */
    SessionKey keyAfter(Session present, Map<String, ? extends @Nullable Object> state) {
        return form.fits(present.key(), present.state())
                ? form.key(present.key().sessionId(), state)
                : present.key();
    }

    /**
     * Puts a session where it belongs, and takes it away from where it stood.
     *
     * @param before the key that it had; its own if it is new
     */
    void write(SessionKey before, Session session) throws IOException, UnreadableException {
        SessionKey key = session.key();
        Session inFile = form.isPlain(key) ? findPlain(key.sessionId()) : null;
        boolean isFree =
                inFile == null || inFile.key().equals(key) || inFile.key().equals(before);
        if (isFree && form.fits(key, session.state())) {
            writePlain(session);
            remove(own, key);
        } else {
            own.write(FileNames.of(key), SessionDocument.write(session));
            if (isFree) {
                removePlain(key);
            }
        }
        if (!before.equals(key)) {
            remove(details, before);
        }
    }

    /** Refuses a session that is too large for where it would stand. */
    void check(Session session) {
        byte[] unused = form.fits(session.key(), session.state())
                ? files.bytes(session.state())
                : Records.bytes(SessionDocument.write(session));
    }

    private void writePlain(Session session) throws IOException {
        String name = WebForm.fileName(session.key().sessionId());
        WebFiles.Prepared prepared =
                files.prepare(temporaries.resolve(name), name, files.bytes(session.state()), session.updateTime());
        WebDetails rest = WebDetails.of(session, prepared.modified());
        if (rest.equals(WebDetails.NONE)) {
            remove(details, session.key());
        } else {
            details.write(FileNames.of(session.key()), rest.write());
        }
        files.put(prepared, name);
    }

    void delete(Session session) throws IOException {
        if (form.fits(session.key(), session.state())) {
            removePlain(session.key());
        }
        remove(own, session.key());
    }

    private void removePlain(SessionKey key) throws IOException {
        remove(details, key);
        if (form.isPlain(key)) {
            files.delete(WebForm.fileName(key.sessionId()));
        }
    }

    private static void remove(Records records, SessionKey key) throws IOException {
        Location location = FileNames.of(key);
        if (records.mayExist(location)) {
            records.delete(location);
        }
    }

    /** Makes the folders that are ours, where there are none yet. */
    void createFolders() throws IOException {
        for (Path folder : List.of(
                ownFolder,
                locks(),
                ownFolder.resolve(SESSIONS),
                ownFolder.resolve(DETAILS),
                temporaries,
                quarantine())) {
            StoreFolder.createFolder(folder);
        }
    }

    Path quarantine() {
        return ownFolder.resolve("quarantine");
    }

    Path locks() {
        return ownFolder.resolve("locks");
    }
}
