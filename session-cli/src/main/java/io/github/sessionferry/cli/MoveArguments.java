package io.github.sessionferry.cli;

import io.github.sessionferry.migration.live.Guard;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import picocli.CommandLine.Option;

/** Who moves users, why, and what is not to stop it. Not thread-safe. */
final class MoveArguments {

    @Option(
            names = "--override",
            paramLabel = "GUARD",
            description = "Go on whatever this guard says: ${COMPLETION-CANDIDATES}. It is noted in the history.")
    private List<Guard> overrides = List.of();

    @Option(names = "--by", paramLabel = "NAME", description = "Who asks for it; your user name if not given.")
    private String by = Objects.requireNonNullElse(System.getProperty("user.name"), "");

    @Option(names = "--reason", paramLabel = "TEXT", description = "Why; kept in the history.")
    private String reason = "";

    @Option(
            names = "--wait",
            paramLabel = "TIME",
            defaultValue = "1m",
            converter = WaitingTime.class,
            description = "How long processes have to follow; 1m if not given.")
    private Duration patience = Duration.ofMinutes(1);

    Set<Guard> overrides() {
        return overrides.isEmpty() ? Set.of() : EnumSet.copyOf(overrides);
    }

    String by() {
        return by;
    }

    String reason() {
        return reason;
    }

    Duration patience() {
        return patience;
    }
}
