package io.github.sessionferry.redis;

import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionEvent;
import io.github.sessionferry.core.SessionException;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.StoreOutcome;
import io.github.sessionferry.core.StoreResult;
import io.github.sessionferry.core.codec.Json;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A session on its way into Redis, in parts if it has many events. Each part is a change under the revision that the part
 * before has left. Not thread-safe.
 */
final class StoreTask {

    private static final int PART_EVENTS = 1_000;
    private static final int PART_BYTES = 4 << 20;
    private static final Duration LONGEST_LIFE = Duration.ofDays(100 * 365);

    private final Session session;
    private final String token;
    private final String born;
    private final boolean creates;
    private final String pending;
    private final Map<String, String> fields;
    private final List<Arguments> parts = new ArrayList<>();

    private String expected;
    private StoreOutcome.@Nullable Status status;
    private int added;
    private @Nullable SessionException failure;

    /**
     * Begins.
     *
     * @param session what to store
     * @param token the change's name
     * @param present what must still stand; empty if there must be no session
     * @param pending shared state that is to be brought where it belongs afterwards; empty for none
     */
    StoreTask(Session session, String token, Optional<SessionWrites.Present> present, String pending) {
        this.session = session;
        this.token = token;
        born = present.map(SessionWrites.Present::born).orElse(token);
        creates = present.isEmpty();
        expected = present.map(SessionWrites.Present::revision).orElse("");
        this.pending = pending;
        fields = StoredSession.write(session);
        divideEvents();
    }

    private void divideEvents() {
        Arguments part = new Arguments();
        int events = 0;
        for (SessionEvent event : session.events()) {
            if (events == PART_EVENTS || part.bytes() > PART_BYTES) {
                parts.add(part);
                part = new Arguments();
                events = 0;
            }
            part.add(
                    Json.write(event.id()),
                    StoredSession.event(event),
                    event.timestamp().getEpochSecond(),
                    RedisTime.micros(event.timestamp()));
            events++;
        }
        parts.add(part);
    }

    SessionKey key() {
        return session.key();
    }

    Session session() {
        return session;
    }

    String token() {
        return token;
    }

    /** Whether the session is created if the precondition holds. */
    boolean creates() {
        return creates;
    }

    /** The token of the session's creation. */
    String born() {
        return born;
    }

    boolean hasPart(int number) {
        return number < parts.size() && failure == null && status != StoreOutcome.Status.CONFLICT;
    }

    long bytes() {
        return parts.stream().mapToLong(Arguments::bytes).sum();
    }

    /** The arguments of the script for a part. */
    Arguments part(int number, Instant now) {
        Arguments arguments = new Arguments()
                .add(
                        RedisTime.comparable(now),
                        tokenOf(number),
                        expected,
                        number == parts.size() - 1 ? "1" : "0",
                        life(now),
                        number == 0 ? pending : "",
                        2 * fields.size())
                .addAll(fields);
        return arguments.append(parts.get(number));
    }

    private String tokenOf(int number) {
        return number == 0 ? token : token + "+" + number;
    }

    /** Milliseconds until the session expires; empty if it does not, or so late that Redis need not know. */
    private String life(Instant now) {
        return session.expireTime()
                .map(time -> Duration.between(now, time))
                .filter(life -> life.compareTo(LONGEST_LIFE) < 0)
                .map(life -> String.valueOf(Math.max(-1, life.toMillis())))
                .orElse("");
    }

    /** Notes what became of a part. */
    void note(int number, Change<List<Object>> change) {
        try {
            List<Object> answer = change.get();
            note(number, StoreOutcome.Status.valueOf(Arguments.text(answer.get(0))), Math.toIntExact((Long)
                    answer.get(1)));
        } catch (SessionException e) {
            failure = e;
        }
    }

    private void note(int number, StoreOutcome.Status ofPart, int addedByPart) {
        boolean conflict = ofPart == StoreOutcome.Status.CONFLICT;
        boolean first = status == null || status == StoreOutcome.Status.UNCHANGED;
        if (conflict || first) {
            status = ofPart;
        }
        added += addedByPart;
        if (ofPart == StoreOutcome.Status.CREATED || ofPart == StoreOutcome.Status.UPDATED) {
            expected = tokenOf(number);
        }
    }

    boolean isConflict() {
        return status == StoreOutcome.Status.CONFLICT;
    }

    void fail(SessionException cause) {
        failure = cause;
    }

    StoreOutcome outcome() {
        if (failure != null) {
            throw failure;
        }
        return isConflict() || status == null ? StoreOutcome.CONFLICT : StoreOutcome.of(status, added);
    }

    StoreResult result() {
        return failure == null ? StoreResult.of(key(), outcome()) : StoreResult.failed(key(), failure);
    }

    /** The revision that the session has now. */
    String revision() {
        return expected;
    }
}
