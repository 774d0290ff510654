package io.github.sessionferry.firestore;

import static java.util.Objects.requireNonNull;

import com.google.cloud.Timestamp;
import com.google.cloud.firestore.DocumentReference;
import com.google.cloud.firestore.DocumentSnapshot;
import com.google.cloud.firestore.FieldPath;
import com.google.cloud.firestore.FieldValue;
import com.google.cloud.firestore.Query;
import com.google.cloud.firestore.QueryDocumentSnapshot;
import com.google.cloud.firestore.SetOptions;
import com.google.cloud.firestore.WriteBatch;
import io.github.sessionferry.core.OverruledCopies;
import io.github.sessionferry.core.ScanCursor;
import io.github.sessionferry.core.SessionErrorCode;
import io.github.sessionferry.core.SessionException;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SharedScope;
import io.github.sessionferry.core.SharedScopePage;
import io.github.sessionferry.core.SharedStateOutcome;
import io.github.sessionferry.core.SharedValue;
import io.github.sessionferry.core.StateScope;
import io.github.sessionferry.core.TaggedValue;
import io.github.sessionferry.core.codec.Encodings;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The state that sessions share: one document for an application, one for a user; and, under them, the copies of shared
 * keys that other writers left in sessions' own documents, of which the newest session's counts.
 */
final class SharedStateDocuments {

    /** Sessions' documents are read whole, and each may have a megabyte. */
    private static final int PAGE = 100;

    private final Documents documents;
    private final Layout layout;
    private final SessionPlaces places;

    SharedStateDocuments(Documents documents, Layout layout, SessionPlaces places) {
        this.documents = documents;
        this.layout = layout;
        this.places = places;
    }

    /** The documents that a session sees, as far as Firestore can have them. */
    List<DocumentReference> seenBy(SessionKey key) {
        List<DocumentReference> seen = new ArrayList<>();
        layout.sharedState(key.appScope()).ifPresent(seen::add);
        layout.sharedState(key.userScope()).ifPresent(seen::add);
        return seen;
    }

    /** What a session sees of documents {@linkplain #seenBy seen}; keys with their prefixes. */
    Map<String, @Nullable Object> merged(SessionKey key, List<DocumentSnapshot> seen) {
        Map<String, @Nullable Object> merged = new LinkedHashMap<>();
        for (DocumentSnapshot document : seen) {
            if (document.exists()) {
                StateScope scope =
                        layout.scopeOf(document.getReference()).orElseThrow().stateScope();
                merged.putAll(scope.qualify(read(key, document)));
            }
        }
        return merged;
    }

    private Map<String, @Nullable Object> read(@Nullable SessionKey key, DocumentSnapshot document) {
        try {
            return layout.sharedState(document);
        } catch (IllegalArgumentException e) {
            throw SessionPlaces.corrupt(key, document, e);
        }
    }

    /** Adds the shared keys of a state or a delta to a commit. */
    void addTo(WriteBatch batch, SessionKey key, Map<String, ? extends @Nullable Object> delta) {
        for (SharedScope scope : List.of(key.appScope(), key.userScope())) {
            Map<String, @Nullable Object> changes = scope.stateScope().select(delta);
            if (!changes.isEmpty()) {
                merge(batch, key, scope, changes);
            }
        }
    }

    private void merge(
            WriteBatch batch, @Nullable SessionKey key, SharedScope scope, Map<String, @Nullable Object> changes) {
        Map<String, Object> fields = new LinkedHashMap<>();
        List<FieldPath> paths = new ArrayList<>();
        changes.forEach((name, value) -> {
            String field = field(key, name);
            paths.add(FieldPath.of(field));
            fields.put(
                    field,
                    TaggedValue.REMOVED.equals(value)
                            ? FieldValue.delete()
                            : FirestoreValues.encodeField(value, new Encodings()));
        });
        batch.set(document(key, scope), fields, SetOptions.mergeFieldPaths(paths));
    }

    private DocumentReference document(@Nullable SessionKey key, SharedScope scope) {
        return layout.sharedState(scope)
                .orElseThrow(() -> invalid(key, "the name of an application or a user is longer than 1,500 bytes"));
    }

    private static String field(@Nullable SessionKey key, String name) {
        return Layout.sharedField(name)
                .orElseThrow(() -> invalid(key, "a key of shared state is longer than 1,000 bytes"));
    }

    private static SessionException invalid(@Nullable SessionKey key, String what) {
        return new SessionException(
                SessionErrorCode.INVALID_SESSION, "Firestore cannot keep this: " + what, key, null, null);
    }

    /** Refuses names that Firestore could not find again. */
    void checkNames(SessionKey key) {
        document(key, key.userScope());
    }

    /** A document of shared state, and when its keys were written. */
    private record Read(DocumentSnapshot document, Map<String, SharedValue> values) {}

    private Read read(DocumentReference reference) {
        List<DocumentSnapshot> found = documents.getAll(List.of(reference, Layout.writeTimes(reference)));
        DocumentSnapshot document = found.get(0);
        Map<String, SharedValue> values = new LinkedHashMap<>();
        if (document.exists()) {
            read(null, document)
                    .forEach((name, value) ->
                            values.put(name, SharedValue.of(value, writeTime(name, document, found.get(1)))));
        }
        return new Read(document, values);
    }

    /**
     * When a key was written, at the latest. The times that are kept count only if they were written with the last change
     * of the document: then nobody else has changed a key since.
     */
    private static Instant writeTime(String name, DocumentSnapshot document, DocumentSnapshot times) {
        Timestamp changed = requireNonNull(document.getUpdateTime());
        boolean current = times.exists() && changed.equals(times.getUpdateTime());
        return FirestoreValues.toInstant(
                current && times.get(FieldPath.of(field(null, name))) instanceof Timestamp kept ? kept : changed);
    }

    Map<String, SharedValue> find(SharedScope scope) {
        Copies copies = copies(scope);
        Map<String, SharedValue> found = new LinkedHashMap<>(copies.newest());
        layout.sharedState(scope)
                .ifPresent(reference -> found.putAll(read(reference).values()));
        if (!copies.agreeWith(found)) {
            findOverruled(scope, found);
        }
        return found;
    }

    /** The newest copies, and whether all others of the same keys are equal to them. */
    private record Copies(Map<String, SharedValue> newest, boolean agree) {

        boolean agreeWith(Map<String, SharedValue> values) {
            return agree
                    && newest.entrySet().stream()
                            .allMatch(
                                    copy -> haveSameValue(copy.getValue(), requireNonNull(values.get(copy.getKey()))));
        }
    }

    private Copies copies(SharedScope scope) {
        Map<String, SharedValue> newest = new LinkedHashMap<>();
        AtomicBoolean agree = new AtomicBoolean(true);
        forEachSession(
                scope,
                session -> copiesIn(session, scope)
                        .forEach((name, value) ->
                                newest.merge(name, SharedValue.of(value, session.updateTime()), (one, other) -> {
                                    agree.compareAndSet(true, haveSameValue(one, other));
                                    return other.isNewerThan(one) ? other : one;
                                })));
        return new Copies(newest, agree.get());
    }

    private static boolean haveSameValue(SharedValue one, SharedValue other) {
        return Objects.equals(one.value(), other.value());
    }

    /** Looks at the copies again, for which value counts is only known once all were seen. */
    private void findOverruled(SharedScope scope, Map<String, SharedValue> values) {
        forEachSession(
                scope,
                session -> copiesIn(session, scope)
                        .forEach((name, copy) -> values.computeIfPresent(
                                name,
                                (same, value) -> Objects.equals(value.value(), copy)
                                        ? value
                                        : value.overruling(new OverruledCopies.Copy(
                                                session.key(),
                                                scope.stateScope().prefix() + name,
                                                session.updateTime())))));
    }

    private static Map<String, @Nullable Object> copiesIn(StoredSession session, SharedScope scope) {
        return scope.stateScope().select(session.state().flat());
    }

    private void forEachSession(SharedScope scope, Consumer<StoredSession> action) {
        Query sessions = layout.sessionsOf(scope.appName(), scope.userId());
        List<QueryDocumentSnapshot> page;
        do {
            page = documents.query(sessions.limit(PAGE));
            for (DocumentSnapshot document : page) {
                findSession(document)
                        .filter(session -> isOf(session.key(), scope))
                        .ifPresent(action);
                sessions = sessions.startAfter(document);
            }
        } while (page.size() == PAGE);
    }

    private static boolean isOf(SessionKey key, SharedScope scope) {
        return key.appScope().equals(scope) || key.userScope().equals(scope);
    }

    /** Takes the shared keys that a delta removes away from the sessions that hold copies of them. */
    void removeCopies(SessionKey key, Map<String, ? extends @Nullable Object> delta) {
        for (SharedScope scope : List.of(key.appScope(), key.userScope())) {
            Map<String, @Nullable Object> removed = scope.stateScope().select(delta);
            removed.values().removeIf(value -> !TaggedValue.REMOVED.equals(value));
            if (!removed.isEmpty()) {
                removeCopies(scope, removed.keySet());
            }
        }
    }

    /** What a session sees of the documents of shared state; keys with their prefixes. */
    Map<String, @Nullable Object> seen(SessionKey key) {
        return merged(key, documents.getAll(seenBy(key)));
    }

    /** Takes keys away from the sessions that hold copies of them. */
    private void removeCopies(SharedScope scope, Set<String> names) {
        forEachSession(scope, session -> {
            if (!Collections.disjoint(copiesIn(session, scope).keySet(), names)) {
                removeCopies(session.reference(), scope, names);
            }
        });
    }

    private void removeCopies(DocumentReference reference, SharedScope scope, Set<String> names) {
        Map<String, @Nullable Object> removals = new LinkedHashMap<>();
        names.forEach(name -> removals.put(name, TaggedValue.REMOVED));
        documents.change(maybeApplied -> {
            DocumentSnapshot document = documents.get(reference);
            Optional<StoredSession> session = document.exists() ? findSession(document) : Optional.empty();
            if (session.isPresent()
                    && !Collections.disjoint(copiesIn(session.get(), scope).keySet(), names)) {
                SessionState state =
                        session.get().state().apply(scope.stateScope().qualify(removals));
                WriteBatch batch = documents.batch();
                FieldChanges changes = new FieldChanges(document);
                layout.changeState(changes, document, state);
                layout.count(changes);
                changes.addTo(batch);
                documents.commit(batch);
            }
            return reference;
        });
    }

    /** The session in a document; empty if it is gone or cannot be read, which a scan of sessions tells. */
    private Optional<StoredSession> findSession(DocumentSnapshot document) {
        if (!layout.isSession(document.getReference())) {
            return Optional.empty();
        }
        try {
            return Optional.ofNullable(places.findSession(document));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    SharedStateOutcome store(SharedScope scope, Map<String, SharedValue> values) {
        DocumentReference reference = document(null, scope);
        values.keySet().forEach(name -> field(null, name));
        Map<String, SharedValue> copies = copiesThatMatter(scope, values);
        Set<String> copiesToRemove = new LinkedHashSet<>(copies.keySet());
        copiesToRemove.retainAll(removals(values));
        if (!copiesToRemove.isEmpty()) {
            removeCopies(scope, copiesToRemove);
        }
        return documents.change(maybeApplied -> {
            Read shared = read(reference);
            List<String> written = new ArrayList<>();
            List<String> unchanged = new ArrayList<>();
            List<String> kept = new ArrayList<>();
            Map<String, SharedValue> changes = new LinkedHashMap<>();
            values.forEach((name, value) -> {
                SharedValue present = shared.values().getOrDefault(name, copies.get(name));
                boolean isThere = shared.values().containsKey(name);
                boolean equal = present != null && Objects.equals(present.value(), value.value());
                if (value.isRemoval() ? !isThere : isThere && equal) {
                    (maybeApplied || copiesToRemove.contains(name) ? written : unchanged).add(name);
                } else if (equal || present == null || value.isNewerThan(present)) {
                    written.add(name);
                    changes.put(name, value);
                } else {
                    kept.add(name);
                }
            });
            commit(shared, changes);
            return new SharedStateOutcome(written, unchanged, kept);
        });
    }

    /** Finding copies reads every session of the scope; what is to stand whatever there is needs none. */
    private Map<String, SharedValue> copiesThatMatter(SharedScope scope, Map<String, SharedValue> values) {
        boolean none = removals(values).isEmpty() && values.values().stream().allMatch(SharedValue::replaces);
        return none ? Map.of() : copies(scope).newest();
    }

    private static Set<String> removals(Map<String, SharedValue> values) {
        Set<String> removals = new LinkedHashSet<>(values.keySet());
        removals.removeIf(name -> !requireNonNull(values.get(name)).isRemoval());
        return removals;
    }

    private void commit(Read shared, Map<String, SharedValue> changes) {
        if (changes.isEmpty()) {
            return;
        }
        DocumentSnapshot document = shared.document();
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        changes.forEach((name, value) -> fields.put(field(null, name), encode(value)));
        Map<String, SharedValue> all = new LinkedHashMap<>(shared.values());
        all.putAll(changes);
        all.keySet().removeAll(removals(changes));
        Map<String, Object> times = new LinkedHashMap<>();
        all.forEach((name, value) ->
                value.writeTime().ifPresent(time -> times.put(field(null, name), FirestoreValues.toTimestamp(time))));
        WriteBatch batch = documents.batch();
        if (document.exists()) {
            FieldChanges update = new FieldChanges(document);
            fields.forEach(update::set);
            update.addTo(batch);
        } else {
            batch.create(document.getReference(), fields);
        }
        batch.set(Layout.writeTimes(document.getReference()), times);
        documents.commit(batch);
    }

    private static @Nullable Object encode(SharedValue value) {
        return value.isRemoval() ? FieldValue.delete() : FirestoreValues.encodeField(value.value(), new Encodings());
    }

    /** The kinds of places where shared state is, in the order in which they are scanned. */
    private enum Phase {
        APPS,
        USERS,
        SESSIONS;

        Optional<Phase> next() {
            return switch (this) {
                case APPS -> Optional.of(USERS);
                case USERS -> Optional.of(SESSIONS);
                case SESSIONS -> Optional.empty();
            };
        }
    }

    SharedScopePage scan(ScanCursor cursor, int limit) {
        String token = cursor.token();
        Phase phase = token.isEmpty() ? Phase.APPS : phase(token);
        String after = token.isEmpty() ? "" : token.substring(phase.name().length() + 1);
        int wanted = Math.min(phase == Phase.SESSIONS ? limit / 2 : limit, PAGE);
        List<QueryDocumentSnapshot> page = documents.query(new ScanRange(after, "")
                .restrict(query(phase), layout.firestore)
                .limit(wanted));
        Set<SharedScope> scopes = new LinkedHashSet<>();
        page.forEach(document -> scopes.addAll(scopes(phase, document)));
        return new SharedScopePage(List.copyOf(scopes), next(phase, page, wanted));
    }

    private static Phase phase(String token) {
        for (Phase phase : Phase.values()) {
            if (token.startsWith(phase.name() + "/")) {
                return phase;
            }
        }
        throw new SessionException(SessionErrorCode.UNSUPPORTED, "the cursor is not one that this store gave");
    }

    private Query query(Phase phase) {
        return switch (phase) {
            case APPS -> layout.appStatesByName();
            case USERS -> layout.userStatesByName();
            case SESSIONS -> layout.sessions();
        };
    }

    private Set<SharedScope> scopes(Phase phase, DocumentSnapshot document) {
        if (phase != Phase.SESSIONS) {
            return layout.scopeOf(document.getReference()).map(Set::of).orElse(Set.of());
        }
        Set<SharedScope> scopes = new LinkedHashSet<>();
        findSession(document)
                .ifPresent(session -> session.state().flat().keySet().forEach(key -> {
                    switch (StateScope.of(key)) {
                        case APP -> scopes.add(session.key().appScope());
                        case USER -> scopes.add(session.key().userScope());
                        default -> {}
                    }
                }));
        return scopes;
    }

    private static Optional<ScanCursor> next(Phase phase, List<QueryDocumentSnapshot> page, int wanted) {
        if (page.size() == wanted) {
            DocumentReference last = page.get(page.size() - 1).getReference();
            return Optional.of(new ScanCursor(phase + "/" + last.getPath()));
        }
        return phase.next().map(following -> new ScanCursor(following + "/"));
    }
}
