package io.github.sessionferry.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * What a command says, and the options for how it says it. With {@code --json} stdout has the JSON object alone, and what
 * is for people goes to stderr. Not thread-safe.
 */
final class Console {

    static final String JSON = "--json";
    static final String VERBOSE = "--verbose";

    private static final ObjectMapper MAPPER = new ObjectMapper();

    @Option(names = JSON, description = "Print one JSON object to stdout, everything else to stderr.")
    private boolean json;

    @Option(names = VERBOSE, description = "Show log lines, and where an error came from.")
    private boolean verbose;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command = CommandSpec.create();

    /** Begins a command: from here on its loggers may be made. */
    void begin() {
        if (verbose) {
            System.setProperty("org.slf4j.simpleLogger.log.io.github.sessionferry", "debug");
        }
    }

    boolean json() {
        return json;
    }

    /** Says a line to people. */
    void say(String line) {
        (json ? command.commandLine().getErr() : command.commandLine().getOut()).println(line);
    }

    /** The text in a style such as {@code bold} or {@code green}, where the terminal and its user want styles. */
    String styled(String style, String text) {
        return command.commandLine().getColorScheme().ansi().new Text("@|" + style + " " + text + "|@").toString();
    }

    /** Prints the result for programs, if they asked for it, under the command's name. */
    void result(Map<String, ? extends @Nullable Object> fields) {
        Map<String, @Nullable Object> named = new LinkedHashMap<>();
        named.put("command", nameOf(command));
        named.putAll(fields);
        printIfAsked(named);
    }

    /** Prints a report for programs, if they asked for it, on one line and under the command's name. */
    void result(String report) {
        if (json) {
            try {
                result(MAPPER.readValue(report, new TypeReference<LinkedHashMap<String, Object>>() {}));
            } catch (JsonProcessingException e) {
                throw new IllegalStateException("a report is JSON", e);
            }
        }
    }

    /** Prints the result for programs, if they asked for it. */
    void printIfAsked(Map<String, ? extends @Nullable Object> object) {
        if (json) {
            printJson(command, object);
        }
    }

    /** Makes something of the arguments; what a builder refuses, alone or together, is a wrong usage. */
    <T> T usage(Supplier<T> use) {
        try {
            return use.get();
        } catch (IllegalArgumentException | IllegalStateException e) {
            throw new ParameterException(command.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    static void printJson(CommandSpec command, Map<String, ? extends @Nullable Object> object) {
        try {
            command.commandLine().getOut().println(MAPPER.writeValueAsString(object));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The command's name as in {@code rollout explain}. */
    static String nameOf(CommandSpec command) {
        return command.qualifiedName().replaceFirst("^session ?", "");
    }
}
