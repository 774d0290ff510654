package io.github.sessionferry.file;

import io.github.sessionferry.core.SessionEvent;
import io.github.sessionferry.core.SessionKey;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;

/** Sets keys of its own in one web session, one after the other. */
final class WebAppendingProcess {

    static final int APPENDS = 30;

    private WebAppendingProcess() {}

    public static void main(String[] args) {
        try (WebFileSessionService service =
                WebFileSessionService.builder(Path.of(args[0])).build()) {
            for (int i = 0; i < APPENDS; i++) {
                service.append(
                        new SessionKey("web", "", "s1"),
                        SessionEvent.builder("e" + i, "user", Instant.ofEpochSecond(i))
                                .stateDelta(Map.of(args[1] + i, i))
                                .build());
            }
        }
    }
}
