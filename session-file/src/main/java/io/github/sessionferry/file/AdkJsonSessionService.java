package io.github.sessionferry.file;

import static java.util.Objects.requireNonNull;

import io.github.sessionferry.core.AppendOutcome;
import io.github.sessionferry.core.Capability;
import io.github.sessionferry.core.DeleteOutcome;
import io.github.sessionferry.core.EventSelection;
import io.github.sessionferry.core.NewSession;
import io.github.sessionferry.core.Precondition;
import io.github.sessionferry.core.ScanCursor;
import io.github.sessionferry.core.ScanPage;
import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionErrorCode;
import io.github.sessionferry.core.SessionEvent;
import io.github.sessionferry.core.SessionException;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SessionPage;
import io.github.sessionferry.core.SessionQuery;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.SessionSummary;
import io.github.sessionferry.core.SharedScope;
import io.github.sessionferry.core.SharedScopePage;
import io.github.sessionferry.core.SharedStateOutcome;
import io.github.sessionferry.core.SharedValue;
import io.github.sessionferry.core.StateScope;
import io.github.sessionferry.core.StoreOutcome;
import io.github.sessionferry.core.UnreadableRecord;
import io.github.sessionferry.file.StoreFolder.UnreadableException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Dumps of sessions that the Agent Development Kit wrote, one {@code *.json} file a session, in a folder and its
 * subfolders. They are read, never changed.
 *
 * <p>A dump that names no application belongs to the one that was given at opening, otherwise to the one that the file's
 * name begins with, before {@code --}, otherwise to {@code adk-json}; one that names no user to the one given, otherwise
 * to {@code user}. One that has no update time was updated with its newest event, or else when its file was.
 *
 * <p>The folder is read through once, at the first call. Keys and shared state are kept in memory, some hundred bytes a
 * dump; dumps that are added later are not seen. {@code app:} and {@code user:} keys of the dumps of one scope are
 * brought together, the value of the session that was updated last counting. {@code temp:} keys are left out.
 *
 * <p>Thread-safe.
 */
final class AdkJsonSessionService implements SessionService {

    private static final Set<Capability> CAPABILITIES = Set.of(
            Capability.EVENTS, Capability.SHARED_STATE, Capability.SHARED_STATE_PER_APP, Capability.SHARED_STATE_TIMES);
    private static final String USER_OTHERWISE = "user";
    private static final String AFTER = "after:";

    private final Path folder;
    private final AdkDump form;
    private volatile boolean closed;
    private @Nullable AdkDumpIndex index;

    private AdkJsonSessionService(Path folder, AdkDump form) {
        this.folder = folder;
        this.form = form;
    }

    static AdkJsonSessionService open(Path folder, @Nullable String appName, @Nullable String userId) {
        if (appName != null && appName.isEmpty()) {
            throw new IllegalArgumentException(
                    "the store's parameter app is empty; leave it out or name an application");
        }
        if (!Files.isDirectory(folder)) {
            throw new SessionException(
                    SessionErrorCode.STORE_NOT_FOUND, "there is no folder " + folder + "; check the path");
        }
        try {
            return new AdkJsonSessionService(
                    folder.toRealPath(), new AdkDump(appName, userId == null ? USER_OTHERWISE : userId));
        } catch (IOException e) {
            throw StoreFolder.failed("opening", "file:" + folder, e);
        }
    }

    @Override
    public String name() {
        return "file:" + folder;
    }

    @Override
    public Set<Capability> capabilities() {
        return CAPABILITIES;
    }

    @Override
    public Optional<Session> find(SessionKey key, EventSelection events) {
        requireNonNull(key, "key");
        requireNonNull(events, "events");
        AdkDumpIndex dumps = dumps();
        try {
            return dumps.find(key).map(session -> view(session, dumps, events));
        } catch (UnreadableException e) {
            throw new SessionException(
                    SessionErrorCode.CORRUPT, dumps.locationOf(key) + ": " + e.getMessage(), key, null, e);
        }
    }

    private static Session view(Session session, AdkDumpIndex dumps, EventSelection events) {
        Map<String, @Nullable Object> state = session.state(StateScope.SESSION);
        for (SharedScope scope : List.of(session.key().appScope(), session.key().userScope())) {
            String prefix = scope.stateScope().prefix();
            dumps.shared()
                    .getOrDefault(scope, Map.of())
                    .forEach((name, value) -> state.put(prefix + name, value.value()));
        }
        return session.toBuilder()
                .state(state)
                .events(events.apply(session.events()))
                .build();
    }

    @Override
    public SessionPage list(SessionQuery query, ScanCursor cursor, int limit) {
        FileSessionService.requireLimit(limit, 1);
        List<SessionSummary> found = new ArrayList<>();
        String last = after(cursor);
        for (Map.Entry<String, AdkDumpIndex.Entry> entry : dumps().after(last).entrySet()) {
            SessionSummary summary = entry.getValue().summary();
            if (summary != null && query.matches(summary.key())) {
                if (found.size() == limit) {
                    return new SessionPage(found, Optional.of(new ScanCursor(AFTER + last)));
                }
                found.add(summary);
            }
            last = entry.getKey();
        }
        return new SessionPage(found, Optional.empty());
    }

    @Override
    public ScanPage scan(ScanCursor cursor, int limit) {
        FileSessionService.requireLimit(limit, 1);
        List<SessionSummary> found = new ArrayList<>();
        List<UnreadableRecord> unreadable = new ArrayList<>();
        String last = after(cursor);
        for (Map.Entry<String, AdkDumpIndex.Entry> entry : dumps().after(last).entrySet()) {
            if (found.size() + unreadable.size() == limit) {
                return new ScanPage(found, unreadable, Optional.of(new ScanCursor(AFTER + last)));
            }
            SessionSummary summary = entry.getValue().summary();
            if (summary == null) {
                unreadable.add(
                        new UnreadableRecord(entry.getKey(), entry.getValue().reason()));
            } else {
                found.add(summary);
            }
            last = entry.getKey();
        }
        return new ScanPage(found, unreadable, Optional.empty());
    }

    private static String after(ScanCursor cursor) {
        if (cursor.equals(ScanCursor.START)) {
            return "";
        }
        if (!cursor.token().startsWith(AFTER)) {
            throw new IllegalArgumentException("the cursor was not given by a store of dumps");
        }
        return cursor.token().substring(AFTER.length());
    }

    @Override
    public Map<String, SharedValue> findSharedState(SharedScope scope) {
        requireNonNull(scope, "scope");
        return new LinkedHashMap<>(dumps().shared().getOrDefault(scope, Map.of()));
    }

    @Override
    public SharedScopePage scanSharedScopes(ScanCursor cursor, int limit) {
        FileSessionService.requireLimit(limit, 2);
        List<SharedScope> scopes = List.copyOf(dumps().shared().keySet());
        int from = cursor.equals(ScanCursor.START) ? 0 : Integer.parseInt(after(cursor));
        int to = (int) Math.min(scopes.size(), (long) from + limit);
        return new SharedScopePage(
                scopes.subList(from, to),
                to == scopes.size() ? Optional.empty() : Optional.of(new ScanCursor(AFTER + to)));
    }

    @Override
    public Session create(NewSession request) {
        throw readOnly();
    }

    @Override
    public AppendOutcome append(SessionKey key, SessionEvent event) {
        throw readOnly();
    }

    @Override
    public DeleteOutcome delete(SessionKey key, Precondition precondition) {
        throw readOnly();
    }

    @Override
    public StoreOutcome store(Session session, Precondition precondition) {
        throw readOnly();
    }

    @Override
    public SharedStateOutcome storeSharedState(SharedScope scope, Map<String, SharedValue> values) {
        throw readOnly();
    }

    @Override
    public OptionalLong estimatedSessions() {
        return OptionalLong.of(dumps().after("").size());
    }

    @Override
    public void close() {
        closed = true;
    }

    @Override
    public String toString() {
        return "AdkJsonSessionService[" + name() + "]";
    }

    private SessionException readOnly() {
        requireOpen();
        return new SessionException(
                SessionErrorCode.UNSUPPORTED, "dumps are only read; write to file:DIR?layout=agent instead");
    }

    private void requireOpen() {
        if (closed) {
            throw new SessionException(SessionErrorCode.CLOSED, "the store " + name() + " was closed");
        }
    }

    private synchronized AdkDumpIndex dumps() {
        requireOpen();
        if (index == null) {
            try {
                index = AdkDumpIndex.read(folder, form);
            } catch (IOException e) {
                throw StoreFolder.failed("reading through", name(), e);
            }
        }
        return index;
    }
}
