package io.github.sessionferry.vertex;

import com.google.cloud.aiplatform.v1.ListEventsRequest;
import com.google.cloud.aiplatform.v1.ListEventsResponse;
import com.google.protobuf.util.Timestamps;
import io.github.sessionferry.core.EventSelection;
import io.github.sessionferry.core.SessionEvent;
import io.github.sessionferry.vertex.SessionLabels.PromisedEvent;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The events of sessions, read in pages. Events that stand there twice, because two writers raced, count once.
 *
 * <p>Every method throws {@link AbsentSessionException} if the session is not there, and {@link
 * IllegalArgumentException} if an event cannot be read.
 */
final class EventLog {

    private static final int PAGE = 100;
    private static final String OLDEST_FIRST = "timestamp";
    private static final String NEWEST_FIRST = "timestamp desc";
    private static final Comparator<EventReader.Read> ORDER =
            Comparator.comparing(EventReader.Read::time).thenComparing(EventReader.Read::sequence);

    private final AgentEngineClient client;

    EventLog(AgentEngineClient client) {
        this.client = client;
    }

    /** The session is not there, or no longer. */
    static final class AbsentSessionException extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    /** The selected events, oldest first. */
    List<SessionEvent> read(String engineId, EventSelection selection) {
        if (selection.limit() == 0) {
            return List.of();
        }
        boolean bounded = selection.limit() < Integer.MAX_VALUE;
        Pages pages = new Pages(request(
                engineId,
                bounded ? NEWEST_FIRST : OLDEST_FIRST,
                selection.since().orElse(null),
                Math.min(PAGE, selection.limit())));
        Map<String, EventReader.Read> byId = new LinkedHashMap<>();
        Instant last = Instant.MIN;
        while (pages.hasNext()) {
            EventReader.Read event = pages.next();
            if (byId.size() >= selection.limit() && !event.time().equals(last)) {
                break;
            }
            byId.putIfAbsent(event.event().id(), event);
            last = event.time();
        }
        List<EventReader.Read> events = new ArrayList<>(byId.values());
        if (bounded) {
            Collections.reverse(events);
        }
        return selection.apply(
                events.stream().sorted(ORDER).map(EventReader.Read::event).toList());
    }

    /** The timestamp of the newest event. */
    Optional<Instant> newest(String engineId) {
        Pages pages = new Pages(request(engineId, NEWEST_FIRST, null, 1));
        return pages.hasNext() ? Optional.of(pages.next().time()) : Optional.empty();
    }

    boolean contains(String engineId, PromisedEvent promised) {
        return anyAt(engineId, promised.time(), promised::is);
    }

    boolean contains(String engineId, SessionEvent wanted) {
        return anyAt(engineId, wanted.timestamp(), event -> event.id().equals(wanted.id()));
    }

    private boolean anyAt(String engineId, Instant time, Predicate<SessionEvent> condition) {
        Pages pages = new Pages(request(engineId, OLDEST_FIRST, time, PAGE));
        while (pages.hasNext()) {
            EventReader.Read event = pages.next();
            if (event.time().isAfter(time)) {
                return false;
            }
            if (event.time().equals(time) && condition.test(event.event())) {
                return true;
            }
        }
        return false;
    }

    private ListEventsRequest.Builder request(String engineId, String order, @Nullable Instant since, int pageSize) {
        ListEventsRequest.Builder request = ListEventsRequest.newBuilder()
                .setParent(client.engine().session(engineId))
                .setOrderBy(order)
                .setPageSize(pageSize);
        if (since != null && since.isAfter(Times.FIRST)) {
            Instant bound = since.isBefore(Times.LAST) ? since : Times.LAST;
            request.setFilter("timestamp>=\"" + Timestamps.toString(Times.timestamp(bound)) + "\"");
        }
        return request;
    }

    /** Walks the events of a request page by page, with a deadline for each page. */
    private final class Pages implements Iterator<EventReader.Read> {
        private final ListEventsRequest.Builder request;
        private final Deque<com.google.cloud.aiplatform.v1.SessionEvent> page = new ArrayDeque<>();
        private boolean ended;

        Pages(ListEventsRequest.Builder request) {
            this.request = request;
        }

        @Override
        public boolean hasNext() {
            while (page.isEmpty() && !ended) {
                ListEventsResponse answer =
                        client.events(request.build(), client.deadline()).orElseThrow(AbsentSessionException::new);
                page.addAll(answer.getSessionEventsList());
                request.setPageToken(answer.getNextPageToken());
                ended = answer.getNextPageToken().isEmpty();
            }
            return !page.isEmpty();
        }

        @Override
        public EventReader.Read next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            return EventReader.read(page.remove());
        }
    }
}
