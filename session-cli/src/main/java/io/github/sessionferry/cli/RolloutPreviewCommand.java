package io.github.sessionferry.cli;

import io.github.sessionferry.core.rollout.RolloutMove;
import io.github.sessionferry.core.rollout.RolloutPolicy;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Tells who moves before it happens. Not thread-safe. */
@Command(
        name = "preview",
        description = "Tells how many of your users another percentage would move, and whom, before it is set.",
        footer = {"", "With --json: {\"enters\":12,\"leaves\":0,\"stays_on_target\":3,\"stays_on_source\":85}"})
final class RolloutPreviewCommand implements Callable<Integer> {

    @Spec
    private CommandSpec command = CommandSpec.create();

    @Mixin
    private Console console = new Console();

    @Option(names = "--salt", required = true, description = "The migration's name: another salt draws other users.")
    private String salt = "";

    @Option(names = "--from", required = true, paramLabel = "P", description = "The percentage now: 0 to 100.")
    private String from = "";

    @Option(names = "--to", required = true, paramLabel = "P", description = "The percentage then: 0 to 100.")
    private String to = "";

    @Option(
            names = "--users",
            required = true,
            paramLabel = "FILE",
            description = "User ids, exactly as the application knows them, one on each line of UTF-8.")
    private Path users = Path.of("");

    @Option(names = "--list", description = "Also print who enters (+) and who leaves (-), one on a line.")
    private boolean list;

    @Override
    public Integer call() {
        console.begin();
        RolloutPolicy before =
                console.usage(() -> RolloutPolicy.builder(salt).percentage(from).build());
        RolloutPolicy after =
                console.usage(() -> before.toBuilder().percentage(to).build());
        Map<RolloutMove, Long> counts = new EnumMap<>(RolloutMove.class);
        for (RolloutMove move : RolloutMove.values()) {
            counts.put(move, 0L);
        }
        readUsers(user -> {
            RolloutMove move = before.moveTo(after, user);
            counts.merge(move, 1L, Long::sum);
            tell(move, user);
        });
        Map<String, Long> fields = new LinkedHashMap<>();
        counts.forEach((move, count) -> fields.put(move.name().toLowerCase(Locale.ROOT), count));
        fields.forEach(
                (move, count) -> console.say(String.format(Locale.ROOT, "%,12d  %s", count, move.replace('_', ' '))));
        console.result(fields);
        return ExitCode.OK;
    }

    private void tell(RolloutMove move, String user) {
        if (list && move == RolloutMove.ENTERS) {
            console.say("+ " + Printable.line(user));
        } else if (list && move == RolloutMove.LEAVES) {
            console.say("- " + Printable.line(user));
        }
    }

    private void readUsers(Consumer<String> action) {
        try (BufferedReader lines = Files.newBufferedReader(users, StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (!line.isEmpty()) {
                    action.accept(line);
                }
            }
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    private ParameterException unreadable(IOException e) {
        String why = e instanceof NoSuchFileException
                ? "is not there"
                : e instanceof CharacterCodingException
                        ? "is not UTF-8"
                        : "cannot be read (" + e.getClass().getSimpleName() + ")";
        return new ParameterException(
                command.commandLine(),
                "--users: the file " + users + " " + why + "; name a file with a user id on each line",
                e);
    }
}
