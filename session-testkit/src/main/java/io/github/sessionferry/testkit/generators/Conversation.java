package io.github.sessionferry.testkit.generators;

import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionEvent;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.StateScope;
import io.github.sessionferry.core.StateValues;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** One conversation while it is made, turn by turn: question, call of a tool, its answer, reply. Not thread-safe. */
final class Conversation {

    private static final String AGENT = "ferry_agent";
    private static final int EVENTS_A_TURN = 4;
    private static final List<String> PORTS =
            List.of("Helsinki", "Tallinn", "Stockholm", "Turku", "Rostock", "Gdańsk", "Kiel", "Göteborg");
    private static final List<String> QUESTIONS = List.of(
            "When does the next ferry to %s leave?",
            "Is there a cabin with a window to %s on Friday?",
            "How much is a car and two people to %s?",
            "Can I take my dog to %s? 🐕");

    private final SplittableRandom random;
    private final Instant createTime;
    private final List<SessionEvent> events = new ArrayList<>();
    private Map<String, @Nullable Object> state = new LinkedHashMap<>();
    private Map<String, @Nullable Object> sharedDelta;
    private final Map<String, @Nullable Object> shared;
    private Instant time;
    private String invocationId = "";
    private String callId = "";
    private String port = "";
    private long turns;

    Conversation(SplittableRandom random, Instant createTime, Map<String, @Nullable Object> shared) {
        this.random = random;
        this.createTime = createTime;
        this.shared = shared;
        sharedDelta = shared;
        time = createTime;
    }

    static UUID uuid(SplittableRandom random) {
        long version4 = (random.nextLong() & ~0xF000L) | 0x4000L;
        long variant2 = (random.nextLong() & 0x3FFF_FFFF_FFFF_FFFFL) | 0x8000_0000_0000_0000L;
        return new UUID(version4, variant2);
    }

    void addEvent() {
        time = time.plusNanos(random.nextLong(200_000, 20_000_000) * 1_000);
        SessionEvent event = switch (events.size() % EVENTS_A_TURN) {
            case 0 -> question();
            case 1 -> toolCall();
            case 2 -> toolAnswer();
            default -> reply();
        };
        events.add(event);
        state = StateValues.apply(state, StateScope.SESSION.select(event.stateDelta()));
    }

    Session session(SessionKey key) {
        Map<String, @Nullable Object> seen = new LinkedHashMap<>(state);
        seen.putAll(shared);
        return Session.builder(key, time)
                .createTime(createTime)
                .state(seen)
                .events(events)
                .build();
    }

    private SessionEvent question() {
        invocationId = "e-" + uuid(random);
        port = PORTS.get(random.nextInt(PORTS.size()));
        String text = QUESTIONS.get(random.nextInt(QUESTIONS.size())).formatted(port);
        Map<String, @Nullable Object> delta = new LinkedHashMap<>(sharedDelta);
        sharedDelta = Map.of();
        delta.put("destination", port);
        delta.put("temp:raw_question", text);
        return event("user").content(message("user", text)).stateDelta(delta).build();
    }

    private SessionEvent toolCall() {
        callId = "call_" + Long.toString(random.nextLong() >>> 1, Character.MAX_RADIX);
        Map<String, Object> call = new LinkedHashMap<>();
        call.put("id", callId);
        call.put("name", "search_crossings");
        call.put(
                "args",
                Map.of("to", port, "passengers", (long) random.nextInt(1, 5), "with_car", random.nextBoolean()));
        return event(AGENT)
                .content(content("model", Map.of("function_call", call)))
                .fields(Map.of("long_running_tool_ids", List.of()))
                .build();
    }

    private SessionEvent toolAnswer() {
        double price = random.nextInt(2_000, 30_000) / 100.0;
        long seats = random.nextInt(0, 400);
        Map<String, Object> response = new LinkedHashMap<>();
        response.put("id", callId);
        response.put("name", "search_crossings");
        response.put("response", Map.of("price", price, "seats", seats, "piers", List.of(1L, 4L)));
        Map<String, Object> delta = new LinkedHashMap<>();
        delta.put("last_search", Map.of("to", port, "price", price, "seats", seats));
        return event(AGENT)
                .content(content("user", Map.of("function_response", response)))
                .stateDelta(delta)
                .build();
    }

    private SessionEvent reply() {
        turns++;
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("turn_complete", true);
        fields.put("finish_reason", "STOP");
        fields.put("usage_metadata", Map.of("prompt_token_count", 180 + 25 * turns, "candidates_token_count", 40L));
        return event(AGENT)
                .content(message("model", "There are seats to " + port + ". Shall I book one for you?"))
                .stateDelta(Map.of("turns", turns))
                .fields(fields)
                .build();
    }

    private SessionEvent.Builder event(String author) {
        return SessionEvent.builder(uuid(random).toString(), author, time).invocationId(invocationId);
    }

    private static Map<String, Object> message(String role, String text) {
        return content(role, Map.of("text", text));
    }

    private static Map<String, Object> content(String role, Map<String, ?> part) {
        Map<String, Object> content = new LinkedHashMap<>();
        content.put("role", role);
        content.put("parts", List.of(part));
        return content;
    }
}
