package io.github.sessionferry.docs;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import io.github.sessionferry.core.EventSelection;
import io.github.sessionferry.core.NewSession;
import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionEvent;
import io.github.sessionferry.core.SessionException;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SessionService;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** Tells each visitor how often they have come; the example of docs/web-server.md. */
final class VisitCounter implements HttpHandler {

    private static final Pattern COOKIE = Pattern.compile("(?:^|;\\s*)sid=\"?([A-Za-z0-9_-]{43})\"?(?=;|$)");
    private static final Duration LIFE = Duration.ofMinutes(30);
    private static final SecureRandom RANDOM = new SecureRandom();

    private final SessionService sessions;

    VisitCounter(SessionService sessions) {
        this.sessions = sessions;
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            visit(exchange);
        }
    }

    private void visit(HttpExchange exchange) throws IOException {
        try {
            Session session = find(exchange).orElseGet(this::begin);
            long visits = (Long) session.state().get("visits") + 1;
            sessions.append(
                    session.key(),
                    SessionEvent.builder(UUID.randomUUID().toString(), "visitor", Instant.now())
                            .stateDelta(Map.of("visits", visits))
                            .build());
            exchange.getResponseHeaders().add("Set-Cookie", cookie(session.key().sessionId()));
            answer(exchange, 200, Long.toString(visits));
        } catch (SessionException e) {
            answer(exchange, 503, "try again");
        }
    }

    /** The session that the cookie names. No cookie, an unknown id and an expired session are all the same: none. */
    private Optional<Session> find(HttpExchange exchange) {
        return exchange.getRequestHeaders().getOrDefault("Cookie", List.of()).stream()
                .flatMap(header -> COOKIE.matcher(header).results())
                .map((MatchResult cookie) -> cookie.group(1))
                .findFirst()
                .flatMap(id -> sessions.find(new SessionKey("web", "", id), EventSelection.none()));
    }

    /** A new session never takes an id over that a visitor brings: somebody else may know it. */
    private Session begin() {
        byte[] secret = new byte[32];
        RANDOM.nextBytes(secret);
        String id = Base64.getUrlEncoder().withoutPadding().encodeToString(secret);
        return sessions.create(NewSession.builder(new SessionKey("web", "", id))
                .state(Map.of("visits", 0L))
                .build());
    }

    /** Behind TLS, as it should be, with "; Secure" as well. */
    private static String cookie(String id) {
        return "sid=" + id + "; Path=/; HttpOnly; SameSite=Lax; Max-Age=" + LIFE.toSeconds();
    }

    private static void answer(HttpExchange exchange, int status, String text) throws IOException {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
    }
}
