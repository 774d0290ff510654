package io.github.sessionferry.cli;

import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.SessionStores;
import io.github.sessionferry.migration.MigrationCounts;
import io.github.sessionferry.migration.MigrationReport;
import io.github.sessionferry.migration.Migrator;
import io.github.sessionferry.migration.Reports;
import io.github.sessionferry.migration.ValidationCounts;
import io.github.sessionferry.migration.ValidationReport;
import io.github.sessionferry.migration.Validator;
import io.github.sessionferry.testkit.agentengine.FakeAgentEngine;
import io.github.sessionferry.testkit.firestore.FakeFirestore;
import io.github.sessionferry.testkit.generators.ConversationGenerator;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Shows a whole migration on this machine. Not thread-safe. */
@Command(
        name = "quickstart",
        description = {
            "Shows a whole migration on this machine, without an account.",
            "Fills an emulated Firestore with conversations, moves them to an emulated Agent Engine, proves that both hold "
                    + "the same, and writes the reports."
        })
final class QuickstartCommand implements Callable<Integer> {

    private static final int EVENTS = 8;

    /** The first whole number that a double cannot hold: Agent Engine's numbers are doubles. */
    private static final long FIRST_TICKET = (1L << 53) + 1;

    @Spec
    private CommandSpec command = CommandSpec.create();

    @Option(
            names = "--sessions",
            paramLabel = "N",
            defaultValue = "1000",
            description = "How many sessions; 1000 if not given.")
    private long sessions;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            defaultValue = "session-ferry-quickstart",
            description = "Where to write the reports; ./session-ferry-quickstart if not given.")
    private Path out = Path.of("");

    @Mixin
    private Console console = new Console();

    @Override
    public Integer call() {
        console.begin();
        ConversationGenerator generator = console.usage(() -> ConversationGenerator.builder()
                .sessions(sessions)
                .eventsPerSession(EVENTS)
                .build());
        ReportFolder.requireWritable(command, "--out", out);
        try (FakeFirestore firestore = FakeFirestore.start();
                FakeAgentEngine engine = FakeAgentEngine.builder().start();
                SessionService source = SessionStores.open(
                        "firestore://quickstart/(default)?layout=adk-flat&emulator=" + firestore.endpoint());
                SessionService target = SessionStores.open(EmulateAgentEngineCommand.address(engine.endpoint()))) {
            return run(generator, source, target);
        }
    }

    private int run(ConversationGenerator generator, SessionService source, SessionService target) {
        console.say(
                console.styled("bold", "Session Ferry: from Firestore to Agent Engine, both emulated on this machine"));
        console.say("");
        timed(
                "generate",
                written -> String.format(
                        Locale.ROOT, "wrote %,d conversations of %d events into Firestore", written, EVENTS),
                progress -> new SessionWriter(generator, QuickstartCommand::withTicket, source, progress::sessionDone)
                        .run());
        MigrationReport migration = timed(
                "migrate",
                report -> String.format(
                        Locale.ROOT,
                        "moved %,d sessions with %,d events to Agent Engine",
                        report.counts().migrated(),
                        report.counts().eventsAppended()),
                progress -> Migrator.builder(source, target)
                        .listener(progress)
                        .build()
                        .run());
        ValidationReport validation = timed(
                "validate",
                report -> "compared both stores, every session and event, both ways",
                progress -> Validator.builder(source, target)
                        .listener(progress)
                        .build()
                        .run());
        Reports.write(out, migration);
        Reports.write(out, validation);
        tell(migration, validation);
        return result(migration, validation);
    }

    private <T> T timed(String task, Function<T, String> told, Function<Progress, T> work) {
        Instant begin = Instant.now();
        T result;
        try (Progress progress = Progress.of(task, command.commandLine().getErr())) {
            result = work.apply(progress);
        }
        double seconds = Duration.between(begin, Instant.now()).toMillis() / 1e3;
        console.say(String.format(Locale.ROOT, "%7.1f s  %s", seconds, told.apply(result)));
        return result;
    }

    private void tell(MigrationReport migration, ValidationReport validation) {
        ValidationCounts counts = validation.counts();
        console.say("");
        row("", "Firestore", "Agent Engine", "equal");
        row("sessions", counts.source(), counts.target(), counts.matched());
        row(
                "users and applications with shared state",
                counts.sharedScopes(),
                counts.sharedScopes(),
                counts.sharedScopes() - counts.sharedDifferent());
        tellEncodings(migration);
        console.say("");
        if (!migration.succeeded() || !validation.equal()) {
            Summary.of(migration, console).forEach(console::say);
            Summary.of(validation, console).forEach(console::say);
        } else {
            console.say(
                    "  " + console.styled("bold,green", "✔ Nothing lost, nothing doubled: both stores hold the same."));
        }
        console.say("");
        console.say("  Reports  " + out.resolve("migration.md"));
        console.say("           " + out.resolve("validation.md"));
        console.say("  Next     ./session migrate --help        move your own sessions; --dry-run writes nothing");
        console.say("           ./session emulate agent-engine  an Agent Engine for tests, in any language");
        console.say("           docs/getting-started.md         the same step by step, and from Java");
    }

    private void tellEncodings(MigrationReport migration) {
        if (!migration.encodings().isEmpty()) {
            String kinds = new TreeMap<>(migration.encodings())
                    .entrySet().stream()
                            .map(entry -> String.format(Locale.ROOT, "%,d %s", entry.getValue(), entry.getKey()))
                            .collect(Collectors.joining(", "));
            console.say("");
            console.say("  Agent Engine has no type for some of the values; encoded, and equal when read: " + kinds);
        }
    }

    private void row(String what, long source, long target, long equal) {
        row(
                what,
                String.format(Locale.ROOT, "%,d", source),
                String.format(Locale.ROOT, "%,d", target),
                String.format(Locale.ROOT, "%,d", equal));
    }

    private void row(String what, String source, String target, String equal) {
        console.say(String.format(Locale.ROOT, "  %-40s %10s %13s %9s", what, source, target, equal));
    }

    private int result(MigrationReport migration, ValidationReport validation) {
        MigrationCounts moved = migration.counts();
        ValidationCounts compared = validation.counts();
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("migrated", moved.migrated());
        fields.put("skipped", moved.skipped());
        fields.put("failed", moved.failed());
        fields.put("matched", compared.matched());
        fields.put("different", compared.different());
        fields.put("missing", compared.missing());
        fields.put("unexpected", compared.unexpected());
        fields.put("equal", validation.equal());
        fields.put("reports", out.toString());
        console.result(fields);
        return migration.succeeded() && validation.equal() ? ExitCode.OK : ExitCode.SOFTWARE;
    }

    /** A session as a booking left it: with values for which Agent Engine has no type. */
    private static Session withTicket(Session session) {
        Map<String, @Nullable Object> state = new LinkedHashMap<>(session.state());
        state.put("ticket", FIRST_TICKET + Math.floorMod(session.key().hashCode(), 1_000_000));
        state.put("boarding_time", session.updateTime().plus(Duration.ofHours(5)));
        return session.toBuilder().state(state).build();
    }
}
