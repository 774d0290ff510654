package io.github.sessionferry.cli;

import io.github.sessionferry.core.Capability;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.testkit.generators.ConversationGenerator;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.UnaryOperator;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Fills a store with made-up conversations. Not thread-safe. */
@Command(
        name = "generate",
        description = {
            "Fills a store with made-up conversations, for trials: state in all scopes, tool calls, UUIDs as ids.",
            "The same options make the same sessions; what is there already stays, so that it can be run again."
        },
        exitCodeList = {"0:all sessions are there", "1:the store failed; run it again to go on", "2:wrong usage"},
        footer = StoreArguments.ADDRESSES)
final class GenerateCommand implements Callable<Integer> {

    @Spec
    private CommandSpec command = CommandSpec.create();

    @Option(names = "--to", required = true, paramLabel = "URI", description = "The store to fill.")
    private String to = "";

    @Option(names = "--sessions", required = true, paramLabel = "N", description = "How many sessions.")
    private long sessions;

    @Option(names = "--events", required = true, paramLabel = "M", description = "How many events in each of them.")
    private int events;

    @Option(
            names = "--users",
            paramLabel = "U",
            defaultValue = "100",
            description = "How many users they are of, in turn; 100 if not given.")
    private int users;

    @Option(
            names = "--seed",
            paramLabel = "S",
            defaultValue = "0",
            description = "What they are drawn from: another number makes other sessions; 0 if not given.")
    private long seed;

    @Mixin
    private Console console = new Console();

    @Override
    public Integer call() {
        console.begin();
        ConversationGenerator generator = console.usage(() -> ConversationGenerator.builder()
                .sessions(sessions)
                .eventsPerSession(events)
                .users(users)
                .seed(seed)
                .build());
        Instant begin = Instant.now();
        long written = write(generator);
        tell(written, Duration.between(begin, Instant.now()));
        return ExitCode.OK;
    }

    private long write(ConversationGenerator generator) {
        try (SessionService target = StoreArguments.open(command, "--to", to);
                Progress progress =
                        Progress.of("generate", command.commandLine().getErr())) {
            requireWritable(target);
            return new SessionWriter(generator, UnaryOperator.identity(), target, progress::sessionDone).run();
        }
    }

    private void requireWritable(SessionService target) {
        if (!target.capabilities().contains(Capability.WRITE)) {
            throw new ParameterException(
                    command.commandLine(), "--to: " + target.name() + " can only be read; name another store");
        }
    }

    private void tell(long written, Duration took) {
        double seconds = took.toMillis() / 1e3;
        console.say(String.format(
                Locale.ROOT,
                "%,d sessions of %,d events written in %.1f s, %,d were there already",
                written,
                events,
                seconds,
                sessions - written));
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("sessions", sessions);
        fields.put("eventsPerSession", events);
        fields.put("written", written);
        fields.put("unchanged", sessions - written);
        fields.put("seconds", seconds);
        console.result(fields);
    }
}
