package io.github.sessionferry.migration.metrics;

import io.github.sessionferry.core.EventSelection;
import io.github.sessionferry.core.NewSession;
import io.github.sessionferry.core.Precondition;
import io.github.sessionferry.core.ScanCursor;
import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionEvent;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SessionQuery;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.SharedValue;
import io.github.sessionferry.core.StoreRequest;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Sessions whose ids are secret, and every call that a store takes. */
final class Exercise {

    static final Instant T0 = Instant.parse("2026-03-01T10:00:00Z");
    static final SessionKey KEY = new SessionKey("secret-app", "secret-user", "secret-session");

    private Exercise() {}

    static Session session() {
        return Session.builder(KEY, T0).createTime(T0).build();
    }

    static SessionEvent event(String id) {
        return SessionEvent.builder(id, "user", T0.plusSeconds(1)).build();
    }

    /** Makes each call once; the session is there before and gone afterwards. */
    static void callAll(SessionService store) {
        store.create(NewSession.builder(KEY).build());
        store.find(KEY, EventSelection.all());
        store.findAll(List.of(KEY), EventSelection.all());
        store.list(SessionQuery.ofApp(KEY.appName()), ScanCursor.START, 10);
        store.append(KEY, event("e1"));
        store.scanPartitions(1);
        store.scan(ScanCursor.START, 10);
        store.store(session(), Precondition.none());
        store.storeAll(List.of(new StoreRequest(session(), Precondition.none())));
        store.storeSharedState(KEY.userScope(), Map.of("theme", SharedValue.of("dark", T0)));
        store.findSharedState(KEY.userScope());
        store.scanSharedScopes(ScanCursor.START, 10);
        store.estimatedSessions();
        store.delete(KEY, Precondition.none());
    }
}
