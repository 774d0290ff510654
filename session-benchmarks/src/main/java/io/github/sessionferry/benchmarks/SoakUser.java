package io.github.sessionferry.benchmarks;

import io.github.sessionferry.core.AmbiguousOutcomeException;
import io.github.sessionferry.core.DeleteOutcome;
import io.github.sessionferry.core.EventSelection;
import io.github.sessionferry.core.NewSession;
import io.github.sessionferry.core.Precondition;
import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionAlreadyExistsException;
import io.github.sessionferry.core.SessionEvent;
import io.github.sessionferry.core.SessionException;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SessionNotFoundException;
import io.github.sessionferry.core.SessionService;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;

/**
 * A user who begins sessions, goes on with them, reads and deletes them, tries again what fails, and remembers what was
 * acknowledged. Not thread-safe.
 */
final class SoakUser {

    private static final int MOST_TRIES = 50;
    private static final int SESSIONS_AT_ONCE = 3;
    private static final int LONGEST_SESSION = 40;

    private final String id;
    private final boolean isPlain;
    private final SessionService sessions;
    private final Supplier<String> phase;
    private final SoakResult result;
    private final Random draw;
    private final Map<SessionKey, Set<String>> standing = new LinkedHashMap<>();
    private final List<SessionKey> open = new ArrayList<>();
    private final Set<SessionKey> deleted = new HashSet<>();
    private int numbers;

    /**
     * A user.
     *
     * @param isPlain whether it is there only to compare with
     * @param phase what the times of the moment are counted under
     */
    SoakUser(String id, boolean isPlain, SessionService sessions, Supplier<String> phase, SoakResult result) {
        this.id = id;
        this.isPlain = isPlain;
        this.sessions = sessions;
        this.phase = phase;
        this.result = result;
        draw = new Random(id.hashCode());
    }

    /** What an operation is measured as. */
    enum Kind {
        READ,
        APPEND,
        OTHER
    }

    /** How an operation that is tried until it is known what it did ended. */
    private enum Ending {
        DONE,
        /** The store says that there is no such session. */
        ABSENT,
        /** It failed each time. */
        UNKNOWN
    }

    void act() {
        int kind = draw.nextInt(100);
        if ((open.size() < SESSIONS_AT_ONCE && kind < 20) || open.isEmpty()) {
            create();
            return;
        }
        SessionKey key = open.get(draw.nextInt(open.size()));
        if (kind < 22) {
            delete(key);
        } else if (kind < 60) {
            read(key);
        } else {
            append(key);
        }
    }

    private void create() {
        SessionKey key = new SessionKey("soak", id, "session-" + ++numbers);
        Ending ending = attempt(Kind.OTHER, () -> {
            try {
                sessions.create(
                        NewSession.builder(key).state(Map.of("number", numbers)).build());
            } catch (SessionAlreadyExistsException e) {
                // Its key is this user's own: an earlier try has done it.
            }
            return true;
        });
        if (ending == Ending.DONE) {
            standing.put(key, new HashSet<>());
            open.add(key);
        }
    }

    private void append(SessionKey key) {
        String event = "event-" + ++numbers;
        SessionEvent said = SessionEvent.builder(event, "user", Instant.now())
                .content(Map.of("role", "user", "parts", List.of(Map.of("text", event))))
                .stateDelta(
                        draw.nextInt(10) == 0
                                ? Map.of("last", event, "user:last", event, "app:last", event)
                                : Map.of("last", event))
                .build();
        Ending ending = attempt(Kind.APPEND, () -> {
            var unused = sessions.append(key, said);
            return true;
        });
        if (ending == Ending.DONE && remembered(key).add(event)) {
            result.audit().acknowledged();
        }
        if (ending == Ending.ABSENT) {
            result.audit().lost(1);
            open.remove(key);
        } else if (remembered(key).size() >= LONGEST_SESSION) {
            open.remove(key);
        }
    }

    private Set<String> remembered(SessionKey key) {
        return standing.computeIfAbsent(key, absent -> new HashSet<>());
    }

    private void delete(SessionKey key) {
        boolean[] failed = {false};
        Ending ending = attempt(Kind.OTHER, () -> {
            try {
                DeleteOutcome outcome = sessions.delete(key, Precondition.none());
                return outcome == DeleteOutcome.DELETED || failed[0];
            } catch (SessionException e) {
                failed[0] = true;
                throw e;
            }
        });
        open.remove(key);
        standing.remove(key);
        if (ending == Ending.DONE) {
            deleted.add(key);
        } else if (ending == Ending.ABSENT) {
            result.audit().lost(1);
        }
    }

    private void read(SessionKey key) {
        List<Optional<Session>> read = new ArrayList<>();
        Ending ending = attempt(Kind.READ, () -> read.add(sessions.find(key, EventSelection.all())));
        if (ending == Ending.DONE
                && !read.get(0)
                        .map(session -> ids(session).containsAll(remembered(key)))
                        .orElse(false)) {
            result.audit().wentBackwards();
        }
    }

    private static List<String> ids(Session session) {
        return session.events().stream().map(SessionEvent::id).toList();
    }

    /**
     * Tries until it is known what became of it.
     *
     * @param operation tells whether it found the session
     */
    private Ending attempt(Kind kind, Supplier<Boolean> operation) {
        if (!isPlain) {
            result.operated();
        }
        for (int tries = 0; tries < MOST_TRIES; tries++) {
            if (tries > 0 && !isPlain) {
                result.retried();
            }
            String now = phase.get();
            long begin = System.nanoTime();
            try {
                boolean found = operation.get();
                result.answered(now, kind, isPlain, System.nanoTime() - begin);
                return found ? Ending.DONE : Ending.ABSENT;
            } catch (SessionNotFoundException e) {
                return Ending.ABSENT;
            } catch (AmbiguousOutcomeException e) {
                countFailure();
            } catch (SessionException e) {
                countFailure();
                if (!e.retryable()) {
                    throw e;
                }
            }
        }
        return Ending.UNKNOWN;
    }

    private void countFailure() {
        if (!isPlain) {
            result.failed();
        }
    }

    /** Compares a store with what this user remembers. */
    void check(SessionService store) {
        standing.forEach((key, events) -> {
            Optional<Session> session = store.find(key, EventSelection.all());
            List<String> present = session.map(SoakUser::ids).orElse(List.of());
            result.audit().lost(session.isEmpty() ? 1 : 0);
            result.audit()
                    .lost(events.stream()
                            .filter(event -> !present.contains(event))
                            .count());
            result.audit().doubled(present.size() - new HashSet<>(present).size());
        });
        for (SessionKey key : deleted) {
            if (store.find(key, EventSelection.none()).isPresent()) {
                result.audit().cameBack();
            }
        }
    }
}
