package io.github.sessionferry.testkit.agentengine;

import com.google.cloud.aiplatform.v1.AppendEventRequest;
import com.google.cloud.aiplatform.v1.AppendEventResponse;
import com.google.cloud.aiplatform.v1.CreateSessionRequest;
import com.google.cloud.aiplatform.v1.DeleteOperationMetadata;
import com.google.cloud.aiplatform.v1.DeleteSessionRequest;
import com.google.cloud.aiplatform.v1.GetSessionRequest;
import com.google.cloud.aiplatform.v1.ListEventsRequest;
import com.google.cloud.aiplatform.v1.ListEventsResponse;
import com.google.cloud.aiplatform.v1.ListSessionsRequest;
import com.google.cloud.aiplatform.v1.ListSessionsResponse;
import com.google.cloud.aiplatform.v1.Session;
import com.google.cloud.aiplatform.v1.SessionEvent;
import com.google.cloud.aiplatform.v1.UpdateSessionRequest;
import com.google.longrunning.Operation;
import com.google.protobuf.Any;
import com.google.protobuf.Empty;
import io.github.sessionferry.testkit.agentengine.QuotaMeter.Kind;
import io.github.sessionferry.testkit.agentengine.StoredSession.StoredEvent;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The behaviour of the service, whatever the transport: takes requests of v1 and returns its answers, or throws {@link
 * RpcException}. Thread-safe.
 */
final class AgentEngine {
    private static final Duration DEFAULT_LIFE = Duration.ofDays(365);
    private static final int DEFAULT_PAGE = 100;
    private static final int LARGEST_PAGE = 1_000;
    private static final Order NEWEST_FIRST = new Order("create_time", true);
    private static final Order OLDEST_FIRST = new Order("timestamp", false);
    private static final Map<String, String> SESSION_ORDERS = Map.of(
            "create_time", "create_time",
            "createTime", "create_time",
            "update_time", "update_time",
            "updateTime", "update_time");
    private static final Map<String, String> EVENT_ORDERS = Map.of("timestamp", "timestamp");

    private final ServerTime time;
    private final QuotaMeter quotas;
    private final Optional<Set<EngineName>> known;
    private final Map<EngineName, EngineState> engines = new ConcurrentHashMap<>();
    private final Operations operations = new Operations();
    private final IdGenerator ids = new IdGenerator();
    private volatile OperationMode mode;

    /** @param known the engines that exist, or empty if any does */
    AgentEngine(InstantSource clock, OperationMode mode, Quotas quotas, Optional<Set<EngineName>> known) {
        this.time = new ServerTime(clock);
        this.mode = mode;
        this.quotas = new QuotaMeter(clock, quotas);
        this.known = known.map(Set::copyOf);
    }

    void setMode(OperationMode mode) {
        this.mode = mode;
    }

    void setQuotas(Quotas quotas) {
        this.quotas.setQuotas(quotas);
    }

    /** The engine's state, created when first asked for. */
    EngineState stateOf(EngineName engine) {
        return engines.computeIfAbsent(engine, name -> new EngineState(time));
    }

    Operation createSession(CreateSessionRequest request, ApiVersion version) {
        EngineName engine = engineName(request.getParent());
        quotas.spend(engine, Kind.SESSION_WRITE);
        EngineState state = existing(engine);
        SessionInput.check(request, time.now());
        OperationMode currentMode = mode;
        StoredSession session = store(request, engine, state, currentMode);
        Creation creation = new Creation(session, request.getSession(), version, ids.next());
        if (currentMode.isDoneAtOnce()) {
            Operation done = creation.done(time.nextMicros(), time.nextMicros());
            operations.put(done.getName(), () -> done);
            return done;
        }
        Operation running = creation.running();
        operations.put(running.getName(), creation::look);
        return running;
    }

    Session getSession(GetSessionRequest request) {
        SessionName name = sessionName(request.getName(), "name");
        quotas.spend(name.engine(), Kind.READ);
        return find(name)
                .filter(StoredSession::look)
                .flatMap(StoredSession::read)
                .orElseThrow(() -> sessionNotFound(request.getName()));
    }

    ListSessionsResponse listSessions(ListSessionsRequest request) {
        EngineName engine = engineName(request.getParent());
        quotas.spend(engine, Kind.READ);
        EngineState state = existing(engine);
        SessionFilter filter = SessionFilter.parse(request.getFilter());
        Order order = Order.parse(request.getOrderBy(), NEWEST_FIRST, SESSION_ORDERS);
        int size = pageSize(request.getPageSize());
        List<Object> question = List.of(engine, request.getFilter(), order);
        Optional<Long> position =
                PageToken.parse(request.getPageToken(), question).map(last -> last[0]);
        boolean byUpdate = order.field().equals("update_time");
        List<StoredSession> found = byUpdate
                ? state.pageByUpdate(position, filter, order.descending(), size + 1)
                : state.pageByCreation(position, filter, order.descending(), size + 1);
        ListSessionsResponse.Builder response = ListSessionsResponse.newBuilder();
        found.stream().limit(size).forEach(session -> session.read().ifPresent(response::addSessions));
        if (found.size() > size) {
            StoredSession last = found.get(size - 1);
            response.setNextPageToken(PageToken.after(question, byUpdate ? last.updateMicros() : last.createMicros()));
        }
        return response.build();
    }

    Session updateSession(UpdateSessionRequest request) {
        String requestName = request.getSession().getName();
        SessionName name = sessionName(requestName, "session.name");
        quotas.spend(name.engine(), Kind.SESSION_WRITE);
        return readable(name)
                .flatMap(session -> session.update(SessionInput.update(request, session, time.now())))
                .orElseThrow(() -> sessionNotFound(requestName));
    }

    Operation deleteSession(DeleteSessionRequest request, ApiVersion version) {
        SessionName name = sessionName(request.getName(), "name");
        quotas.spend(name.engine(), Kind.SESSION_WRITE);
        boolean deleted = readable(name)
                .filter(session -> stateOf(name.engine()).remove(session))
                .isPresent();
        if (!deleted) {
            throw sessionNotFound(request.getName());
        }
        String operationName = name.engine().locationName() + "/operations/" + ids.next();
        long now = time.nextMicros();
        Any metadata = version.pack(DeleteOperationMetadata.newBuilder()
                .setGenericMetadata(Operations.metadata(now, now))
                .build());
        Operation operation = Operations.done(operationName, metadata, Any.pack(Empty.getDefaultInstance()));
        operations.put(operationName, () -> operation);
        return operation;
    }

    AppendEventResponse appendEvent(AppendEventRequest request) {
        SessionInput.check(request);
        SessionName name = SessionName.parse(request.getName())
                .orElseThrow(() -> RpcException.invalidArgument("Request contains an invalid argument."));
        quotas.spend(name.engine(), Kind.APPEND);
        SessionEvent event = stored(name, request.getEvent());
        boolean appended = find(name).filter(session -> session.append(event)).isPresent();
        if (!appended) {
            throw sessionNotFound(request.getName());
        }
        return AppendEventResponse.getDefaultInstance();
    }

    ListEventsResponse listEvents(ListEventsRequest request) {
        SessionName name = sessionName(request.getParent(), "parent");
        quotas.spend(name.engine(), Kind.READ);
        EventFilter filter = EventFilter.parse(request.getFilter());
        Order order = Order.parse(request.getOrderBy(), OLDEST_FIRST, EVENT_ORDERS);
        int size = pageSize(request.getPageSize());
        List<Object> question = List.of(name, request.getFilter(), order);
        Optional<long[]> position = PageToken.parse(request.getPageToken(), question);
        List<StoredEvent> found = find(name)
                .flatMap(session -> session.page(position, filter, order.descending(), size + 1))
                .orElseThrow(() -> sessionNotFound(request.getParent()));
        ListEventsResponse.Builder response = ListEventsResponse.newBuilder();
        found.stream().limit(size).map(StoredEvent::event).forEach(response::addSessionEvents);
        if (found.size() > size) {
            response.setNextPageToken(
                    PageToken.after(question, found.get(size - 1).position()));
        }
        return response.build();
    }

    Operation getOperation(String name) {
        return operations.get(name);
    }

    private StoredSession store(
            CreateSessionRequest request, EngineName engine, EngineState state, OperationMode createMode) {
        boolean generated = request.getSessionId().isEmpty();
        String id = generated ? Long.toString(ids.next()) : request.getSessionId();
        SessionName name = new SessionName(engine, id);
        Session given = request.getSession();
        Instant base = ServerTime.instant(time.nextMicros());
        Instant expireTime =
                SessionInput.expireTime(given, time.now(), time.now()).orElseGet(() -> base.plus(DEFAULT_LIFE));
        StoredSession session =
                new StoredSession(name, given.getUserId(), state.shared(), time, expireTime, createMode);
        state.find(id);
        boolean added;
        synchronized (session) {
            added = state.add(session);
            if (added) {
                session.initialize(given);
            }
        }
        if (added) {
            return session;
        }
        if (generated) {
            return store(request, engine, state, createMode);
        }
        throw RpcException.invalidArgument("Session with user-provided ID '" + name + "' already exists.");
    }

    private SessionEvent stored(SessionName session, SessionEvent given) {
        SessionEvent.Builder event = given.toBuilder().setName(session + "/events/" + ids.next());
        event.getContentBuilder();
        event.getActionsBuilder();
        event.getEventMetadataBuilder();
        return event.build();
    }

    private Optional<StoredSession> find(SessionName name) {
        return Optional.ofNullable(engines.get(name.engine())).flatMap(state -> state.find(name.sessionId()));
    }

    private Optional<StoredSession> readable(SessionName name) {
        return find(name).filter(StoredSession::isReadable);
    }

    private EngineState existing(EngineName engine) {
        if (known.isPresent() && !known.get().contains(engine)) {
            throw RpcException.notFound("ReasoningEngine " + engine + " does not exist.");
        }
        return stateOf(engine);
    }

    private static EngineName engineName(String parent) {
        return EngineName.parse(parent)
                .orElseThrow(() -> RpcException.invalidField("parent", "Invalid ReasoningEngine resource name."));
    }

    private static SessionName sessionName(String name, String field) {
        return SessionName.parse(name)
                .orElseThrow(() -> RpcException.invalidField(field, "Invalid Session resource name."));
    }

    private static RpcException sessionNotFound(String requestName) {
        return RpcException.notFound("Session " + requestName + " not found.");
    }

    private static int pageSize(int requested) {
        if (requested < 0) {
            throw RpcException.invalidField("page_size", "Page size must not be negative.");
        }
        return requested == 0 ? DEFAULT_PAGE : Math.min(requested, LARGEST_PAGE);
    }
}
