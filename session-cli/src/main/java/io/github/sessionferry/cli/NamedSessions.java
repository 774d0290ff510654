package io.github.sessionferry.cli;

import io.github.sessionferry.core.SessionKey;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Sessions of a user that a command is told to look at, if it is. Not thread-safe. */
final class NamedSessions {

    @Option(
            names = "--session",
            paramLabel = "ID",
            description = "Compare this session only, and say how it differs; may be given more than once.")
    private List<String> ids = List.of();

    @Option(names = "--app", paramLabel = "APP", description = "The application of the sessions that --session names.")
    private @Nullable String app;

    @Option(names = "--user", paramLabel = "USER", description = "Their user; none, a visitor, if not given.")
    private @Nullable String user;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command = CommandSpec.create();

    /** The sessions; empty if none is named. */
    List<SessionKey> keys() {
        if (ids.isEmpty() ? app != null || user != null : app == null) {
            throw new ParameterException(
                    command.commandLine(), "--session, --app and perhaps --user together name a session; give all");
        }
        String application = app == null ? "" : app;
        return ids.stream()
                .map(id -> new SessionKey(application, user == null ? "" : user, id))
                .toList();
    }
}
