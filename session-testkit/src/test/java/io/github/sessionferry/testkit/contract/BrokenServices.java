package io.github.sessionferry.testkit.contract;

import io.github.sessionferry.core.AppendOutcome;
import io.github.sessionferry.core.CallQuota;
import io.github.sessionferry.core.Capability;
import io.github.sessionferry.core.DeleteOutcome;
import io.github.sessionferry.core.EventSelection;
import io.github.sessionferry.core.ForwardingSessionService;
import io.github.sessionferry.core.NewSession;
import io.github.sessionferry.core.Precondition;
import io.github.sessionferry.core.ScanCursor;
import io.github.sessionferry.core.ScanPage;
import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionAlreadyExistsException;
import io.github.sessionferry.core.SessionErrorCode;
import io.github.sessionferry.core.SessionEvent;
import io.github.sessionferry.core.SessionException;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SessionNotFoundException;
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
import io.github.sessionferry.core.StoreRehearsal;
import io.github.sessionferry.core.StoreRequest;
import io.github.sessionferry.core.StoreResult;
import io.github.sessionferry.core.TaggedValue;
import io.github.sessionferry.testkit.InMemorySessionService;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.function.UnaryOperator;

/** Stores that each break one rule of the contract. */
final class BrokenServices {

    private static final Instant LATER = Instant.parse("2030-01-01T00:00:00Z");

    private final List<Broken> all = new ArrayList<>();

    private BrokenServices() {
        general();
        create();
        find();
        list();
        append();
        delete();
        store();
        scan();
        sharedState();
        expiry();
        values();
        keys();
        properties();
    }

    static List<Broken> all() {
        return new BrokenServices().all;
    }

    /**
     * A store that breaks a rule.
     *
     * @param rule the rule's id
     * @param what what the store does wrong
     * @param declared what the store's test declares that it can do
     * @param clock what becomes of the clock that the store's memory goes by
     * @param breaking puts the fault before a store in memory
     */
    record Broken(
            String rule,
            String what,
            Set<Capability> declared,
            UnaryOperator<Clock> clock,
            UnaryOperator<SessionService> breaking) {

        @Override
        public String toString() {
            return rule + ": a store that " + what;
        }
    }

    private void general() {
        add("S-001", "declares more than it can", memory -> new ForwardingSessionService(memory) {
            @Override
            public Set<Capability> capabilities() {
                return EnumSet.of(Capability.WRITE);
            }
        });
        add("S-002", "has no name", memory -> new ForwardingSessionService(memory) {
            @Override
            public String name() {
                return " ";
            }
        });
        add("S-003", "works on after it was closed", memory -> new ForwardingSessionService(memory) {
            @Override
            public void close() {}
        });
        add("S-004", "swallows interrupts", memory -> new ForwardingSessionService(memory) {
            @Override
            public Optional<Session> find(SessionKey key, EventSelection events) {
                Thread.interrupted();
                return super.find(key, events);
            }
        });
        add("S-005", "tells content in an exception", memory -> new ForwardingSessionService(memory) {
            @Override
            public Session create(NewSession request) {
                try {
                    return super.create(request);
                } catch (SessionAlreadyExistsException e) {
                    throw new SessionException(SessionErrorCode.ALREADY_EXISTS, "there is one with " + request.state());
                }
            }
        });
        add(
                "S-006",
                "can be written to although it says that it cannot",
                without(Capability.WRITE),
                memory -> new ForwardingSessionService(memory) {
                    @Override
                    public Set<Capability> capabilities() {
                        return without(Capability.WRITE);
                    }
                });
        add(
                "S-007",
                "keeps events although it says that it does not",
                without(Capability.EVENTS),
                memory -> new ForwardingSessionService(memory) {
                    @Override
                    public Set<Capability> capabilities() {
                        return without(Capability.EVENTS);
                    }
                });
        add("S-008", "takes a limit of nothing", memory -> new ForwardingSessionService(memory) {
            @Override
            public ScanPage scan(ScanCursor cursor, int limit) {
                return super.scan(cursor, Math.max(1, limit));
            }
        });
        add("S-009", "shows an empty store for bulk work", memory -> new ForwardingSessionService(memory) {
            @Override
            public SessionService forBulkWork(double reserve) {
                return InMemorySessionService.create();
            }
        });
        add("S-010", "takes a reserve of everything", memory -> new ForwardingSessionService(memory) {
            @Override
            public SessionService forBulkWork(double reserve) {
                return this;
            }
        });
        add("S-011", "tells a quota twice", memory -> new ForwardingSessionService(memory) {
            @Override
            public SessionService forBulkWork(double reserve) {
                return this;
            }

            @Override
            public List<CallQuota> quotas() {
                CallQuota quota = new CallQuota("reads", 100, 100, 100, 1, 0);
                return List.of(quota, quota);
            }
        });
        add("S-012", "counts too few sessions", memory -> new ForwardingSessionService(memory) {
            @Override
            public OptionalLong estimatedSessions() {
                return OptionalLong.of(super.estimatedSessions().orElseThrow() - 1);
            }
        });
        add("S-013", "copies itself for bulk work", memory -> new ForwardingSessionService(memory) {
            @Override
            public SessionService forBulkWork(double reserve) {
                return InMemorySessionService.create();
            }
        });
    }

    private void create() {
        add("S-101", "gives every new session the same id", memory -> new ForwardingSessionService(memory) {
            @Override
            public Session create(NewSession request) {
                if (request.sessionId().isPresent()) {
                    return super.create(request);
                }
                SessionKey key = new SessionKey(request.appName(), request.userId(), "new");
                return super.find(key, EventSelection.all())
                        .orElseGet(() -> super.create(
                                NewSession.builder(key).state(request.state()).build()));
            }
        });
        add("S-102", "answers a new session without its state", memory -> new ForwardingSessionService(memory) {
            @Override
            public Session create(NewSession request) {
                return super.create(request).toBuilder().state(Map.of()).build();
            }
        });
        add("S-103", "creates over an existing session", memory -> new ForwardingSessionService(memory) {
            @Override
            public Session create(NewSession request) {
                request.sessionId()
                        .ifPresent(id -> super.delete(
                                new SessionKey(request.appName(), request.userId(), id), Precondition.none()));
                return super.create(request);
            }
        });
        add("S-104", "drops shared keys of a new session", memory -> new ForwardingSessionService(memory) {
            @Override
            public Session create(NewSession request) {
                return super.create(with(request, StateScope.SESSION.select(request.state())));
            }
        });
        add("S-105", "keeps temporary keys of a new session", memory -> new ForwardingSessionService(memory) {
            @Override
            public Session create(NewSession request) {
                return super.create(request).toBuilder().state(request.state()).build();
            }
        });
        add("S-106", "creates sessions yesterday", memory -> new ForwardingSessionService(memory) {
            @Override
            public Session create(NewSession request) {
                Session created = super.create(request);
                return created.toBuilder()
                        .updateTime(created.updateTime().minus(Duration.ofDays(1)))
                        .build();
            }
        });
        add("S-107", "lets two create one session", memory -> new ForwardingSessionService(memory) {
            @Override
            public Session create(NewSession request) {
                try {
                    return super.create(request);
                } catch (SessionAlreadyExistsException e) {
                    return super.find(e.key().orElseThrow(), EventSelection.all())
                            .orElseThrow();
                }
            }
        });
        add(
                "S-108",
                "shares the state of a session that it does not create",
                memory -> new ForwardingSessionService(memory) {
                    @Override
                    public Session create(NewSession request) {
                        try {
                            return super.create(request);
                        } catch (SessionAlreadyExistsException e) {
                            super.storeSharedState(
                                    e.key().orElseThrow().userScope(), Map.of("name", SharedValue.of("Bob", LATER)));
                            throw e;
                        }
                    }
                });
    }

    private void find() {
        add("S-201", "finds what does not exist", memory -> new ForwardingSessionService(memory) {
            @Override
            public Optional<Session> find(SessionKey key, EventSelection events) {
                return super.find(key, events)
                        .or(() -> Optional.of(Session.builder(key, LATER).build()));
            }
        });
        add("S-202", "forgets the newest event", memory -> new ForwardingSessionService(memory) {
            @Override
            public Optional<Session> find(SessionKey key, EventSelection events) {
                return super.find(key, events)
                        .map(session -> session.events().isEmpty()
                                ? session
                                : withEvents(
                                        session,
                                        session.events()
                                                .subList(1, session.events().size())));
            }
        });
        add("S-203", "brings events that nobody wants", memory -> new ForwardingSessionService(memory) {
            @Override
            public Optional<Session> find(SessionKey key, EventSelection events) {
                return super.find(key, EventSelection.all());
            }
        });
        add("S-204", "brings the oldest events in place of the newest", memory -> new ForwardingSessionService(memory) {
            @Override
            public Optional<Session> find(SessionKey key, EventSelection events) {
                return super.find(key, EventSelection.all())
                        .map(session -> withEvents(
                                session,
                                session.events()
                                        .subList(
                                                0,
                                                Math.min(
                                                        events.limit(),
                                                        session.events().size()))));
            }
        });
        add("S-205", "takes a bound of time for exclusive", memory -> new ForwardingSessionService(memory) {
            @Override
            public Optional<Session> find(SessionKey key, EventSelection events) {
                return super.find(key, events)
                        .map(session -> withEvents(
                                session,
                                session.events().stream()
                                        .filter(event -> events.since().isEmpty()
                                                || event.timestamp()
                                                        .isAfter(events.since().get()))
                                        .toList()));
            }
        });
        add("S-206", "finds sessions by their id alone", memory -> new ForwardingSessionService(memory) {
            private final Map<String, SessionKey> keys = new HashMap<>();

            @Override
            public StoreOutcome store(Session session, Precondition precondition) {
                keys.put(session.key().sessionId(), session.key());
                return super.store(session, precondition);
            }

            @Override
            public Optional<Session> find(SessionKey key, EventSelection events) {
                return super.find(keys.getOrDefault(key.sessionId(), key), events);
            }
        });
        add("S-207", "has one session for an id", memory -> new ForwardingSessionService(memory) {
            @Override
            public StoreOutcome store(Session session, Precondition precondition) {
                return super.store(rekeyed(session, alone(session.key())), precondition);
            }

            @Override
            public Optional<Session> find(SessionKey key, EventSelection events) {
                return super.find(alone(key), events).map(session -> rekeyed(session, key));
            }
        });
        add("S-208", "finds only the first of several", memory -> new ForwardingSessionService(memory) {
            @Override
            public Map<SessionKey, Session> findAll(Collection<SessionKey> keys, EventSelection events) {
                return super.findAll(keys.stream().limit(1).toList(), events);
            }
        });
        add("S-209", "brings all events of several sessions", memory -> new ForwardingSessionService(memory) {
            @Override
            public Map<SessionKey, Session> findAll(Collection<SessionKey> keys, EventSelection events) {
                return super.findAll(keys, EventSelection.all());
            }
        });
        add("S-210", "never changes the revision", memory -> new ForwardingSessionService(memory) {
            @Override
            public Optional<Session> find(SessionKey key, EventSelection events) {
                return super.find(key, events)
                        .map(session -> session.toBuilder().revision("1").build());
            }
        });
        add("S-211", "changes the revision with shared state", memory -> new ForwardingSessionService(memory) {
            @Override
            public Optional<Session> find(SessionKey key, EventSelection events) {
                return super.find(key, events)
                        .map(session -> session.toBuilder()
                                .revision(session.state().toString() + session.revision())
                                .build());
            }
        });
    }

    private void list() {
        add("S-301", "lists one page only", memory -> new ForwardingSessionService(memory) {
            @Override
            public SessionPage list(SessionQuery query, ScanCursor cursor, int limit) {
                return new SessionPage(super.list(query, cursor, limit).sessions(), Optional.empty());
            }
        });
        add("S-302", "lists the sessions of everybody", memory -> new ForwardingSessionService(memory) {
            @Override
            public SessionPage list(SessionQuery query, ScanCursor cursor, int limit) {
                return super.list(SessionQuery.ofApp(query.appName()), cursor, limit);
            }
        });
        add("S-303", "fails where there is nothing to list", memory -> new ForwardingSessionService(memory) {
            @Override
            public SessionPage list(SessionQuery query, ScanCursor cursor, int limit) {
                SessionPage page = super.list(query, cursor, limit);
                if (page.sessions().isEmpty()) {
                    throw new SessionException(SessionErrorCode.NOT_FOUND, "nobody is there");
                }
                return page;
            }
        });
        add("S-304", "lists by offset", memory -> new ForwardingSessionService(memory) {
            @Override
            public SessionPage list(SessionQuery query, ScanCursor cursor, int limit) {
                int offset = cursor.token().isEmpty() ? 0 : Integer.parseInt(cursor.token());
                List<SessionSummary> all =
                        super.list(query, ScanCursor.START, Integer.MAX_VALUE).sessions();
                int end = Math.min(all.size(), offset + limit);
                return new SessionPage(
                        all.subList(Math.min(offset, end), end),
                        end == all.size() ? Optional.empty() : Optional.of(new ScanCursor(Integer.toString(end))));
            }
        });
    }

    private void append() {
        add("S-401", "appends without the delta", memory -> new ForwardingSessionService(memory) {
            @Override
            public AppendOutcome append(SessionKey key, SessionEvent event) {
                return super.append(key, withDelta(event, Map.of()));
            }
        });
        add("S-402", "appends an event twice", memory -> new ForwardingSessionService(memory) {
            @Override
            public AppendOutcome append(SessionKey key, SessionEvent event) {
                return super.append(key, event) == AppendOutcome.APPENDED
                        ? AppendOutcome.APPENDED
                        : super.append(key, withId(event, event.id() + "-again"));
            }
        });
        add("S-403", "creates the session that an event lacks", memory -> new ForwardingSessionService(memory) {
            @Override
            public AppendOutcome append(SessionKey key, SessionEvent event) {
                if (super.find(key, EventSelection.none()).isEmpty()) {
                    super.create(NewSession.builder(key).build());
                }
                return super.append(key, event);
            }
        });
        add("S-404", "never moves the update time", memory -> new ForwardingSessionService(memory) {
            @Override
            public AppendOutcome append(SessionKey key, SessionEvent event) {
                Optional<Session> before = super.find(key, EventSelection.none());
                AppendOutcome outcome = super.append(key, event);
                before.ifPresent(session -> setUpdateTime(this, key, session.updateTime()));
                return outcome;
            }
        });
        add("S-405", "moves the update time back", memory -> new ForwardingSessionService(memory) {
            @Override
            public AppendOutcome append(SessionKey key, SessionEvent event) {
                AppendOutcome outcome = super.append(key, event);
                setUpdateTime(this, key, event.timestamp());
                return outcome;
            }
        });
        add("S-406", "swaps events of one time", memory -> new ForwardingSessionService(memory) {
            @Override
            public Optional<Session> find(SessionKey key, EventSelection events) {
                return super.find(key, events).map(session -> {
                    List<SessionEvent> reversed = new ArrayList<>(session.events());
                    Collections.reverse(reversed);
                    return withEvents(session, reversed);
                });
            }
        });
        add("S-407", "sets removed keys to null", memory -> new ForwardingSessionService(memory) {
            @Override
            public AppendOutcome append(SessionKey key, SessionEvent event) {
                return super.append(key, withDelta(event, replaced(event.stateDelta(), TaggedValue.REMOVED, null)));
            }
        });
        add("S-408", "removes keys that are set to null", memory -> new ForwardingSessionService(memory) {
            @Override
            public AppendOutcome append(SessionKey key, SessionEvent event) {
                return super.append(key, withDelta(event, replaced(event.stateDelta(), null, TaggedValue.REMOVED)));
            }
        });
        add("S-409", "shares the state of one user with all", memory -> new ForwardingSessionService(memory) {
            @Override
            public AppendOutcome append(SessionKey key, SessionEvent event) {
                return super.append(
                        key, withDelta(event, renamed(event.stateDelta(), name -> name.replace("user:", "app:"))));
            }
        });
        add("S-410", "cuts temporary keys from the event", memory -> new ForwardingSessionService(memory) {
            @Override
            public AppendOutcome append(SessionKey key, SessionEvent event) {
                return super.append(
                        key,
                        withDelta(event, renamed(event.stateDelta(), name -> name.startsWith("temp:") ? null : name)));
            }
        });
        add("S-411", "drops fields that it does not know", memory -> new ForwardingSessionService(memory) {
            @Override
            public AppendOutcome append(SessionKey key, SessionEvent event) {
                return super.append(key, event.toBuilder().fields(Map.of()).build());
            }
        });
        add("S-412", "loses an update", memory -> new ForwardingSessionService(memory) {
            @Override
            public AppendOutcome append(SessionKey key, SessionEvent event) {
                return event.id().endsWith("-3") ? AppendOutcome.APPENDED : super.append(key, event);
            }
        });
        add("S-413", "tells everybody that theirs was appended", memory -> new ForwardingSessionService(memory) {
            @Override
            public AppendOutcome append(SessionKey key, SessionEvent event) {
                super.append(key, event);
                return AppendOutcome.APPENDED;
            }
        });
        add("S-414", "does not remove shared keys", memory -> new ForwardingSessionService(memory) {
            @Override
            public AppendOutcome append(SessionKey key, SessionEvent event) {
                return super.append(
                        key, withDelta(event, renamed(event.stateDelta(), name -> name.contains(":") ? null : name)));
            }
        });
        add(
                "S-415",
                "knows only the events that were appended one by one",
                memory -> new ForwardingSessionService(memory) {
                    private final Set<String> appended = new HashSet<>();

                    @Override
                    public AppendOutcome append(SessionKey key, SessionEvent event) {
                        AppendOutcome outcome = super.append(key, event);
                        return outcome == AppendOutcome.ALREADY_PRESENT && !appended.contains(event.id())
                                ? super.append(key, withId(event, event.id() + "-again"))
                                : outcome;
                    }
                });
        add(
                "S-416",
                "shares the state of an event that it does not append",
                memory -> new ForwardingSessionService(memory) {
                    @Override
                    public AppendOutcome append(SessionKey key, SessionEvent event) {
                        try {
                            return super.append(key, event);
                        } catch (SessionNotFoundException e) {
                            super.storeSharedState(key.userScope(), Map.of("name", SharedValue.of("Ada", LATER)));
                            throw e;
                        }
                    }
                });
    }

    private void delete() {
        add("S-501", "does not delete", memory -> new ForwardingSessionService(memory) {
            @Override
            public DeleteOutcome delete(SessionKey key, Precondition precondition) {
                return DeleteOutcome.DELETED;
            }
        });
        add("S-502", "deletes what is not there", memory -> new ForwardingSessionService(memory) {
            @Override
            public DeleteOutcome delete(SessionKey key, Precondition precondition) {
                super.delete(key, precondition);
                return DeleteOutcome.DELETED;
            }
        });
        add("S-503", "brings deleted events back", memory -> new ForwardingSessionService(memory) {
            private final Map<SessionKey, Session> deleted = new HashMap<>();

            @Override
            public DeleteOutcome delete(SessionKey key, Precondition precondition) {
                super.find(key, EventSelection.all()).ifPresent(session -> deleted.put(key, session));
                return super.delete(key, precondition);
            }

            @Override
            public Session create(NewSession request) {
                Session created = super.create(request);
                Optional.ofNullable(deleted.get(created.key()))
                        .ifPresent(old -> old.events().forEach(event -> super.append(created.key(), event)));
                return created;
            }
        });
        add("S-504", "deletes shared state with a session", memory -> new ForwardingSessionService(memory) {
            @Override
            public DeleteOutcome delete(SessionKey key, Precondition precondition) {
                super.append(
                        key,
                        SessionEvent.builder("last", "user", LATER)
                                .stateDelta(Map.of("user:name", TaggedValue.REMOVED))
                                .build());
                return super.delete(key, precondition);
            }
        });
        add("S-505", "deletes whatever the precondition", memory -> new ForwardingSessionService(memory) {
            @Override
            public DeleteOutcome delete(SessionKey key, Precondition precondition) {
                return super.delete(key, Precondition.none());
            }
        });
        add("S-506", "deletes all sessions of an id", memory -> new ForwardingSessionService(memory) {
            private final Set<SessionKey> keys = new HashSet<>();

            @Override
            public StoreOutcome store(Session session, Precondition precondition) {
                keys.add(session.key());
                return super.store(session, precondition);
            }

            @Override
            public DeleteOutcome delete(SessionKey key, Precondition precondition) {
                keys.stream()
                        .filter(other -> other.sessionId().equals(key.sessionId()) && !other.equals(key))
                        .forEach(other -> super.delete(other, Precondition.none()));
                return super.delete(key, precondition);
            }
        });
    }

    private void store() {
        add("S-601", "drops fields of the session", memory -> new ForwardingSessionService(memory) {
            @Override
            public StoreOutcome store(Session session, Precondition precondition) {
                return super.store(session.toBuilder().fields(Map.of()).build(), precondition);
            }
        });
        add("S-602", "stores over a session that should be absent", memory -> new ForwardingSessionService(memory) {
            @Override
            public StoreOutcome store(Session session, Precondition precondition) {
                return super.store(session, precondition.requiresAbsence() ? Precondition.none() : precondition);
            }
        });
        add("S-603", "stores over a session that has changed", memory -> new ForwardingSessionService(memory) {
            @Override
            public StoreOutcome store(Session session, Precondition precondition) {
                return super.store(session, Precondition.none());
            }
        });
        add("S-604", "brings a deleted session back", memory -> new ForwardingSessionService(memory) {
            @Override
            public StoreOutcome store(Session session, Precondition precondition) {
                boolean absent =
                        super.find(session.key(), EventSelection.none()).isEmpty();
                return super.store(session, absent ? Precondition.none() : precondition);
            }
        });
        add("S-605", "keeps the first create time", memory -> new ForwardingSessionService(memory) {
            @Override
            public StoreOutcome store(Session session, Precondition precondition) {
                Optional<Session> present = super.find(session.key(), EventSelection.none());
                return super.store(
                        present.map(old -> session.toBuilder()
                                        .createTime(old.createTime().orElse(null))
                                        .build())
                                .orElse(session),
                        precondition);
            }
        });
        add("S-606", "adds only events that are newer than its own", memory -> new ForwardingSessionService(memory) {
            @Override
            public StoreOutcome store(Session session, Precondition precondition) {
                Optional<Session> present = super.find(session.key(), EventSelection.last(1));
                return super.store(
                        present.map(old -> withEvents(
                                        session,
                                        session.events().stream()
                                                .filter(event -> old.events().stream()
                                                        .allMatch(own -> event.timestamp()
                                                                .isAfter(own.timestamp())))
                                                .toList()))
                                .orElse(session),
                        precondition);
            }
        });
        add("S-607", "replaces its events", memory -> new ForwardingSessionService(memory) {
            @Override
            public StoreOutcome store(Session session, Precondition precondition) {
                super.delete(session.key(), Precondition.none());
                return super.store(session, Precondition.none());
            }
        });
        add("S-608", "writes what it already has", memory -> new ForwardingSessionService(memory) {
            @Override
            public StoreOutcome store(Session session, Precondition precondition) {
                StoreOutcome outcome = super.store(session, precondition);
                return outcome.status() == StoreOutcome.Status.UNCHANGED
                        ? StoreOutcome.of(StoreOutcome.Status.UPDATED, 0)
                        : outcome;
            }
        });
        add("S-609", "shares the shared keys of a stored session", memory -> new ForwardingSessionService(memory) {
            @Override
            public StoreOutcome store(Session session, Precondition precondition) {
                session.state(StateScope.USER)
                        .forEach((name, value) -> super.storeSharedState(
                                session.key().userScope(), Map.of(name, SharedValue.of(value, LATER))));
                return super.store(session, precondition);
            }
        });
        add("S-610", "replays the history of a stored session", memory -> new ForwardingSessionService(memory) {
            @Override
            public StoreOutcome store(Session session, Precondition precondition) {
                StoreOutcome outcome = super.store(withEvents(session, List.of()), precondition);
                session.events().forEach(event -> super.append(session.key(), event));
                return outcome;
            }
        });
        add("S-611", "lets two create one session by storing", memory -> new ForwardingSessionService(memory) {
            @Override
            public StoreOutcome store(Session session, Precondition precondition) {
                StoreOutcome outcome = super.store(session, precondition);
                return outcome.status() == StoreOutcome.Status.CONFLICT
                        ? StoreOutcome.of(StoreOutcome.Status.CREATED, 0)
                        : outcome;
            }
        });
        add("S-612", "lets two update one revision", memory -> new ForwardingSessionService(memory) {
            @Override
            public StoreOutcome store(Session session, Precondition precondition) {
                return super.store(session, Precondition.none());
            }
        });
        add("S-613", "stops at the first conflict of several", memory -> new ForwardingSessionService(memory) {
            @Override
            public List<StoreResult> storeAll(List<StoreRequest> requests) {
                return super.storeAll(requests.subList(0, 2));
            }
        });
        add("S-614", "does not count the events that it adds", memory -> new ForwardingSessionService(memory) {
            @Override
            public StoreOutcome store(Session session, Precondition precondition) {
                return StoreOutcome.of(super.store(session, precondition).status(), 0);
            }
        });
    }

    private void scan() {
        add("S-615", "rehearses under another id", memory -> new ForwardingSessionService(memory) {
            @Override
            public StoreRehearsal rehearse(Session session) {
                return new StoreRehearsal(Map.of(), Optional.of("other"), Map.of(), 1);
            }
        });
        add("S-616", "stores what it refuses to rehearse", memory -> new ForwardingSessionService(memory) {
            @Override
            public StoreRehearsal rehearse(Session session) {
                if (session.key().sessionId().contains("/")) {
                    throw new SessionException(SessionErrorCode.INVALID_SESSION, "an id with a slash");
                }
                return super.rehearse(session);
            }
        });
        add("S-701", "skips a session on every page", memory -> new ForwardingSessionService(memory) {
            @Override
            public ScanPage scan(ScanCursor cursor, int limit) {
                ScanPage page = super.scan(cursor, limit);
                return new ScanPage(page.sessions().stream().skip(1).toList(), List.of(), page.next());
            }
        });
        add("S-702", "makes partitions that overlap", memory -> new ForwardingSessionService(memory) {
            @Override
            public List<ScanCursor> scanPartitions(int atMost) {
                return Collections.nCopies(atMost, ScanCursor.START);
            }
        });
        add("S-703", "forgets where a scan was when the process ends", memory -> new ForwardingSessionService(memory) {
            private final Map<String, ScanCursor> places = new HashMap<>();

            @Override
            public ScanPage scan(ScanCursor cursor, int limit) {
                ScanCursor known = cursor.token().startsWith("local-") ? places.get(cursor.token()) : cursor;
                if (known == null) {
                    throw new IllegalArgumentException("the cursor is of another process");
                }
                ScanPage page = super.scan(known, limit);
                Optional<ScanCursor> next = page.next().map(place -> {
                    ScanCursor local = new ScanCursor("local-" + UUID.randomUUID());
                    places.put(local.token(), place);
                    return local;
                });
                return new ScanPage(page.sessions(), List.of(), next);
            }
        });
        add("S-704", "scans by offset", memory -> new ForwardingSessionService(memory) {
            @Override
            public ScanPage scan(ScanCursor cursor, int limit) {
                int offset = cursor.token().isEmpty() ? 0 : Integer.parseInt(cursor.token());
                List<SessionSummary> all =
                        super.scan(ScanCursor.START, Integer.MAX_VALUE).sessions();
                int end = Math.min(all.size(), offset + limit);
                return new ScanPage(
                        all.subList(Math.min(offset, end), end),
                        List.of(),
                        end == all.size() ? Optional.empty() : Optional.of(new ScanCursor(Integer.toString(end))));
            }
        });
        add("S-705", "tells update times of the future", memory -> new ForwardingSessionService(memory) {
            @Override
            public ScanPage scan(ScanCursor cursor, int limit) {
                ScanPage page = super.scan(cursor, limit);
                return new ScanPage(
                        page.sessions().stream()
                                .map(summary -> new SessionSummary(summary.key(), LATER))
                                .toList(),
                        List.of(),
                        page.next());
            }
        });
    }

    private void sharedState() {
        add("S-801", "writes no shared state", memory -> new ForwardingSessionService(memory) {
            @Override
            public SharedStateOutcome storeSharedState(SharedScope scope, Map<String, SharedValue> values) {
                return new SharedStateOutcome(List.copyOf(values.keySet()), List.of(), List.of());
            }
        });
        add("S-802", "lets the last value win", memory -> new ForwardingSessionService(memory) {
            private int writes;

            @Override
            public SharedStateOutcome storeSharedState(SharedScope scope, Map<String, SharedValue> values) {
                Map<String, SharedValue> newest = new LinkedHashMap<>();
                values.forEach(
                        (name, value) -> newest.put(name, SharedValue.of(value.value(), LATER.plusSeconds(writes++))));
                return super.storeSharedState(scope, newest);
            }
        });
        add("S-803", "takes unknown age for new", memory -> new ForwardingSessionService(memory) {
            @Override
            public SharedStateOutcome storeSharedState(SharedScope scope, Map<String, SharedValue> values) {
                Map<String, SharedValue> dated = new LinkedHashMap<>();
                values.forEach((name, value) -> dated.put(
                        name, SharedValue.of(value.value(), value.writeTime().orElse(LATER))));
                return super.storeSharedState(scope, dated);
            }
        });
        add("S-804", "writes shared values that it already has", memory -> new ForwardingSessionService(memory) {
            @Override
            public SharedStateOutcome storeSharedState(SharedScope scope, Map<String, SharedValue> values) {
                SharedStateOutcome outcome = super.storeSharedState(scope, values);
                return new SharedStateOutcome(outcome.unchanged(), List.of(), outcome.kept());
            }
        });
        add(
                "S-805",
                "forgets the shared keys that are not written again",
                memory -> new ForwardingSessionService(memory) {
                    private Set<String> written = Set.of();

                    @Override
                    public SharedStateOutcome storeSharedState(SharedScope scope, Map<String, SharedValue> values) {
                        written = values.keySet();
                        return super.storeSharedState(scope, values);
                    }

                    @Override
                    public Map<String, SharedValue> findSharedState(SharedScope scope) {
                        Map<String, SharedValue> found = new LinkedHashMap<>(super.findSharedState(scope));
                        found.keySet().retainAll(written);
                        return found;
                    }
                });
        add("S-806", "does not tell when shared state was written", memory -> new ForwardingSessionService(memory) {
            @Override
            public Map<String, SharedValue> findSharedState(SharedScope scope) {
                Map<String, SharedValue> found = new LinkedHashMap<>();
                super.findSharedState(scope)
                        .forEach((name, value) -> found.put(name, SharedValue.of(value.value(), null)));
                return found;
            }
        });
        add("S-807", "shares the state of a user between applications", memory -> new ForwardingSessionService(memory) {
            private final Map<String, SharedScope> scopes = new HashMap<>();

            @Override
            public Map<String, SharedValue> findSharedState(SharedScope scope) {
                SharedScope first = scope.userId()
                        .map(userId -> scopes.computeIfAbsent(userId, unknown -> scope))
                        .orElse(scope);
                return super.findSharedState(first);
            }

            @Override
            public Session create(NewSession request) {
                scopes.putIfAbsent(request.userId(), SharedScope.user(request.appName(), request.userId()));
                return super.create(request);
            }
        });
        add("S-808", "does not scan the scopes of users", memory -> new ForwardingSessionService(memory) {
            @Override
            public SharedScopePage scanSharedScopes(ScanCursor cursor, int limit) {
                SharedScopePage page = super.scanSharedScopes(cursor, limit);
                return new SharedScopePage(
                        page.scopes().stream()
                                .filter(scope -> scope.userId().isEmpty())
                                .toList(),
                        page.next());
            }
        });
        add("S-809", "finds shared state of nobody", memory -> new ForwardingSessionService(memory) {
            @Override
            public Map<String, SharedValue> findSharedState(SharedScope scope) {
                Map<String, SharedValue> found = super.findSharedState(scope);
                return found.isEmpty() ? Map.of("name", SharedValue.of("nobody", null)) : found;
            }
        });
        add("S-810", "finds shared state under prefixed keys", memory -> new ForwardingSessionService(memory) {
            @Override
            public Map<String, SharedValue> findSharedState(SharedScope scope) {
                Map<String, SharedValue> found = new LinkedHashMap<>();
                super.findSharedState(scope)
                        .forEach((name, value) -> found.put(scope.stateScope().prefix() + name, value));
                return found;
            }
        });
        add("S-811", "lets only newer values replace", memory -> new ForwardingSessionService(memory) {
            @Override
            public SharedStateOutcome storeSharedState(SharedScope scope, Map<String, SharedValue> values) {
                Map<String, SharedValue> newest = new LinkedHashMap<>();
                values.forEach((name, value) -> newest.put(
                        name,
                        value.isRemoval()
                                ? value
                                : SharedValue.of(
                                        value.value(), value.writeTime().orElse(null))));
                return super.storeSharedState(scope, newest);
            }
        });
        add("S-812", "writes replacing values that it already has", memory -> new ForwardingSessionService(memory) {
            @Override
            public SharedStateOutcome storeSharedState(SharedScope scope, Map<String, SharedValue> values) {
                SharedStateOutcome outcome = super.storeSharedState(scope, values);
                boolean replaces = values.values().stream().anyMatch(SharedValue::replaces);
                return replaces
                        ? new SharedStateOutcome(List.copyOf(values.keySet()), List.of(), outcome.kept())
                        : outcome;
            }
        });
        add("S-813", "sets removed shared keys to null", memory -> new ForwardingSessionService(memory) {
            @Override
            public SharedStateOutcome storeSharedState(SharedScope scope, Map<String, SharedValue> values) {
                Map<String, SharedValue> kept = new LinkedHashMap<>();
                values.forEach(
                        (name, value) -> kept.put(name, value.isRemoval() ? SharedValue.replacing(null, null) : value));
                return super.storeSharedState(scope, kept);
            }
        });
        add("S-814", "forgets when replacing values were written", memory -> new ForwardingSessionService(memory) {
            @Override
            public SharedStateOutcome storeSharedState(SharedScope scope, Map<String, SharedValue> values) {
                Map<String, SharedValue> undated = new LinkedHashMap<>();
                values.forEach((name, value) ->
                        undated.put(name, value.replaces() ? SharedValue.replacing(value.value(), null) : value));
                return super.storeSharedState(scope, undated);
            }
        });
    }

    private void expiry() {
        add("S-901", "forgets the expiry of a new session", memory -> new ForwardingSessionService(memory) {
            @Override
            public Session create(NewSession request) {
                return super.create(with(request, request.state()));
            }
        });
        add("S-902", "forgets the expiry of a stored session", memory -> new ForwardingSessionService(memory) {
            @Override
            public StoreOutcome store(Session session, Precondition precondition) {
                return super.store(session.toBuilder().expireTime(null).build(), precondition);
            }
        });
        addWithStoppedClock("S-903", "shows expired sessions");
        addWithStoppedClock("S-904", "changes expired sessions");
        addWithStoppedClock("S-905", "keeps expired sessions for ever");
    }

    private void values() {
        add("V-01", "makes whole doubles longs when it creates", memory -> new ForwardingSessionService(memory) {
            @Override
            public Session create(NewSession request) {
                return super.create(with(request, rounded(request.state())));
            }
        });
        add("V-02", "makes whole doubles longs when it stores", memory -> new ForwardingSessionService(memory) {
            @Override
            public StoreOutcome store(Session session, Precondition precondition) {
                return super.store(
                        session.toBuilder().state(rounded(session.state())).build(), precondition);
            }
        });
        add("V-03", "makes whole doubles longs when it appends", memory -> new ForwardingSessionService(memory) {
            @Override
            public AppendOutcome append(SessionKey key, SessionEvent event) {
                return super.append(key, withDelta(event, rounded(event.stateDelta())));
            }
        });
        add(
                "V-04",
                "makes whole doubles longs in the events that it stores",
                memory -> new ForwardingSessionService(memory) {
                    @Override
                    public StoreOutcome store(Session session, Precondition precondition) {
                        return super.store(
                                withEvents(
                                        session,
                                        session.events().stream()
                                                .map(event -> event.toBuilder()
                                                        .fields(rounded(event.fields()))
                                                        .build())
                                                .toList()),
                                precondition);
                    }
                });
        add("V-05", "makes whole doubles longs in shared state", memory -> new ForwardingSessionService(memory) {
            @Override
            public SharedStateOutcome storeSharedState(SharedScope scope, Map<String, SharedValue> values) {
                Map<String, SharedValue> rounded = new LinkedHashMap<>();
                values.forEach((name, value) -> rounded.put(
                        name,
                        SharedValue.of(
                                rounded(Collections.singletonMap("v", value.value()))
                                        .get("v"),
                                value.writeTime().orElse(null))));
                return super.storeSharedState(scope, rounded);
            }
        });
        add("V-06", "cuts times to milliseconds", memory -> new ForwardingSessionService(memory) {
            @Override
            public StoreOutcome store(Session session, Precondition precondition) {
                return super.store(
                        session.toBuilder()
                                .updateTime(session.updateTime().truncatedTo(ChronoUnit.MILLIS))
                                .build(),
                        precondition);
            }
        });
        add("V-07", "takes a dotted key for a path", memory -> new ForwardingSessionService(memory) {
            @Override
            public StoreOutcome store(Session session, Precondition precondition) {
                return super.store(
                        session.toBuilder()
                                .state(renamed(session.state(), name -> name.replace('.', '/')))
                                .build(),
                        precondition);
            }
        });
    }

    private void keys() {
        add(
                "K-01",
                "fails on application names that are no file names",
                memory -> new ForwardingSessionService(memory) {
                    @Override
                    public StoreOutcome store(Session session, Precondition precondition) {
                        refuse(session.key().appName());
                        return super.store(session, precondition);
                    }
                });
        add("K-02", "fails on user ids that are no file names", memory -> new ForwardingSessionService(memory) {
            @Override
            public StoreOutcome store(Session session, Precondition precondition) {
                refuse(session.key().userId());
                return super.store(session, precondition);
            }
        });
        add("K-03", "answers the id that it maps an id to", memory -> new ForwardingSessionService(memory) {
            @Override
            public StoreOutcome store(Session session, Precondition precondition) {
                SessionKey key = session.key();
                return super.store(
                        rekeyed(
                                session,
                                new SessionKey(
                                        key.appName(),
                                        key.userId(),
                                        key.sessionId().replace('/', '_'))),
                        precondition);
            }

            @Override
            public Optional<Session> find(SessionKey key, EventSelection events) {
                return super.find(
                        new SessionKey(
                                key.appName(), key.userId(), key.sessionId().replace('/', '_')),
                        events);
            }
        });
        add("K-04", "has one session for ids in upper and lower case", memory -> new ForwardingSessionService(memory) {
            @Override
            public StoreOutcome store(Session session, Precondition precondition) {
                return super.store(rekeyed(session, lowerCase(session.key())), precondition);
            }

            @Override
            public Optional<Session> find(SessionKey key, EventSelection events) {
                return super.find(lowerCase(key), events).map(session -> rekeyed(session, key));
            }
        });
        add("K-05", "takes a visitor for another user", memory -> new ForwardingSessionService(memory) {
            @Override
            public StoreOutcome store(Session session, Precondition precondition) {
                SessionKey key = session.key();
                return super.store(
                        key.userId().isEmpty()
                                ? rekeyed(session, new SessionKey(key.appName(), "anonymous", key.sessionId()))
                                : session,
                        precondition);
            }
        });
        add("K-06", "cuts long event ids", memory -> new ForwardingSessionService(memory) {
            @Override
            public AppendOutcome append(SessionKey key, SessionEvent event) {
                return super.append(
                        key,
                        event.id().length() > 200 ? withId(event, event.id().substring(0, 200)) : event);
            }
        });
        add("K-07", "has one event for ids in upper and lower case", memory -> new ForwardingSessionService(memory) {
            @Override
            public AppendOutcome append(SessionKey key, SessionEvent event) {
                return super.append(key, withId(event, event.id().toLowerCase(Locale.ROOT)));
            }
        });
    }

    private void properties() {
        add("P-01", "makes whole doubles longs when it stores", memory -> new ForwardingSessionService(memory) {
            @Override
            public StoreOutcome store(Session session, Precondition precondition) {
                return super.store(
                        session.toBuilder().state(rounded(session.state())).build(), precondition);
            }
        });
        add("P-02", "makes whole doubles longs when it appends", memory -> new ForwardingSessionService(memory) {
            @Override
            public AppendOutcome append(SessionKey key, SessionEvent event) {
                return super.append(key, withDelta(event, rounded(event.stateDelta())));
            }
        });
        add("P-03", "answers the id that it maps an id to", memory -> new ForwardingSessionService(memory) {
            @Override
            public Session create(NewSession request) {
                return super.create(NewSession.builder(request.appName(), request.userId())
                        .sessionId(request.sessionId().orElseThrow().replace('/', '_'))
                        .build());
            }
        });
    }

    private void add(String rule, String what, UnaryOperator<SessionService> breaking) {
        add(rule, what, EnumSet.allOf(Capability.class), breaking);
    }

    private void add(String rule, String what, Set<Capability> declared, UnaryOperator<SessionService> breaking) {
        all.add(new Broken(rule, what, declared, clock -> clock, breaking));
    }

    private void addWithStoppedClock(String rule, String what) {
        all.add(new Broken(
                rule,
                what,
                EnumSet.allOf(Capability.class),
                clock -> Clock.fixed(clock.instant(), ZoneOffset.UTC),
                memory -> memory));
    }

    private static Set<Capability> without(Capability capability) {
        return EnumSet.complementOf(EnumSet.of(capability));
    }

    private static NewSession with(NewSession request, Map<String, Object> state) {
        return NewSession.builder(request.appName(), request.userId())
                .sessionId(request.sessionId().orElse(null))
                .state(state)
                .build();
    }

    private static Session withEvents(Session session, List<SessionEvent> events) {
        return session.toBuilder().events(events).build();
    }

    private static Session rekeyed(Session session, SessionKey key) {
        return Session.builder(key, session.updateTime())
                .createTime(session.createTime().orElse(null))
                .expireTime(session.expireTime().orElse(null))
                .revision(session.revision().orElse(null))
                .state(session.state())
                .fields(session.fields())
                .events(session.events())
                .build();
    }

    private static SessionKey alone(SessionKey key) {
        return new SessionKey("any", "any", key.sessionId());
    }

    private static SessionKey lowerCase(SessionKey key) {
        return new SessionKey(key.appName(), key.userId(), key.sessionId().toLowerCase(Locale.ROOT));
    }

    private static SessionEvent withDelta(SessionEvent event, Map<String, Object> delta) {
        return event.toBuilder().stateDelta(delta).build();
    }

    private static SessionEvent withId(SessionEvent event, String id) {
        return SessionEvent.builder(id, event.author(), event.timestamp())
                .invocationId(event.invocationId())
                .content(event.content().orElse(null))
                .stateDelta(event.stateDelta())
                .actions(event.actions())
                .fields(event.fields())
                .build();
    }

    private static void setUpdateTime(SessionService service, SessionKey key, Instant time) {
        Session session = service.find(key, EventSelection.all()).orElseThrow();
        service.store(session.toBuilder().updateTime(time).build(), Precondition.none());
    }

    private static Map<String, Object> replaced(Map<String, Object> values, Object old, Object by) {
        Map<String, Object> replaced = new LinkedHashMap<>(values);
        replaced.replaceAll((name, value) -> Objects.equals(value, old) ? by : value);
        return replaced;
    }

    /** Renames keys; those whose new name is null go. */
    private static Map<String, Object> renamed(Map<String, Object> values, UnaryOperator<String> naming) {
        Map<String, Object> renamed = new LinkedHashMap<>();
        values.forEach((name, value) -> {
            String newName = naming.apply(name);
            if (newName != null) {
                renamed.put(newName, value);
            }
        });
        return renamed;
    }

    private static Map<String, Object> rounded(Map<String, Object> values) {
        Map<String, Object> rounded = new LinkedHashMap<>(values);
        rounded.replaceAll((name, value) ->
                value instanceof Double number && number == Math.rint(number) ? (Object) number.longValue() : value);
        return rounded;
    }

    private static void refuse(String id) {
        if (id.contains("/")) {
            throw new SessionException(SessionErrorCode.INTERNAL, "no such folder");
        }
    }
}
