package io.github.sessionferry.file;

import io.github.sessionferry.file.StoreFolder.UnreadableException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/** Moves files that hold no session aside, under their names; what is there already stays. Thread-safe. */
final class WebQuarantine {

    private final WebSessions sessions;
    private final WebFiles files;

    WebQuarantine(WebSessions sessions, WebFiles files) {
        this.sessions = sessions;
        this.files = files;
    }

    /** Moves a file aside if that can be done, and tells of it as well as what is wrong with the file. */
    UnreadableException of(String file, UnreadableException wrong) throws IOException {
        sessions.createFolders();
        return files.moveAside(file, freePlace(file))
                ? new UnreadableException(wrong.getMessage() + "; moved to .session-ferry/quarantine")
                : wrong;
    }

    private Path freePlace(String file) {
        Path place = sessions.quarantine().resolve(file);
        for (int number = 2; Files.exists(place, LinkOption.NOFOLLOW_LINKS); number++) {
            place = sessions.quarantine().resolve(file + "." + number);
        }
        return place;
    }
}
