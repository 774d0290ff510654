package io.github.sessionferry.file;

import io.github.sessionferry.core.SessionEvent;
import io.github.sessionferry.core.SessionKey;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;

/** Appends events of its own, and one that every such process appends, to one session. */
final class AppendingProcess {

    static final int EVENTS = 30;

    private AppendingProcess() {}

    public static void main(String[] args) {
        SessionKey key = new SessionKey("app", "user", "s1");
        try (FileSessionService service =
                FileSessionService.builder(Path.of(args[0])).build()) {
            for (int i = 0; i < EVENTS; i++) {
                String id = args[1] + i;
                service.append(
                        key,
                        SessionEvent.builder(id, "user", Instant.ofEpochSecond(i))
                                .stateDelta(Map.of(id, i, "app:" + id, i))
                                .build());
                service.append(
                        key, SessionEvent.builder("both", "user", Instant.EPOCH).build());
            }
        }
    }
}
