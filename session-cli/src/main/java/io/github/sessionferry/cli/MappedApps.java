package io.github.sessionferry.cli;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Applications that have a reasoning engine of their own, as parameters of the target's address. Not thread-safe. */
final class MappedApps {

    @Option(
            names = "--map-app",
            paramLabel = "NAME=RESOURCE",
            description = {
                "An application of which the target holds the sessions in another reasoning engine; all others are in the",
                "one of --to. RESOURCE: projects/P/locations/L/reasoningEngines/E, or E alone in the same project and",
                "location. May be repeated."
            })
    private List<String> mapped = List.of();

    /** The target's address with the applications in it. */
    String in(CommandSpec command, String address) {
        if (!address.startsWith("agentengine:")) {
            requireNone(command);
        }
        StringBuilder text = new StringBuilder(address);
        Set<String> names = new HashSet<>();
        for (String app : mapped) {
            int equals = app.lastIndexOf('=');
            if (equals < 1) {
                throw wrong(command, "'" + app + "' names no application and engine; write NAME=RESOURCE");
            }
            if (!names.add(app.substring(0, equals))) {
                throw wrong(command, "'" + app.substring(0, equals) + "' is mapped twice");
            }
            text.append(text.indexOf("?") < 0 ? '?' : '&')
                    .append("app.")
                    .append(encoded(app.substring(0, equals)))
                    .append('=')
                    .append(encoded(app.substring(equals + 1)));
        }
        return text.toString();
    }

    /** Makes sure that the option was not given, for a target that has no engines. */
    void requireNone(CommandSpec command) {
        if (!mapped.isEmpty()) {
            throw wrong(
                    command, "--to is no Agent Engine, so applications have no engines there; leave the option out");
        }
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private static ParameterException wrong(CommandSpec command, String problem) {
        return new ParameterException(command.commandLine(), "--map-app: " + problem);
    }
}
