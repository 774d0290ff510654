package io.github.sessionferry.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class SessionCommandTest {

    @ParameterizedTest
    @ValueSource(strings = {"", "frobnicate", "rollout", "emulate", "rollout explain alice", "--frobnicate"})
    void command_thatIsIncomplete_isAWrongUsageInOneLine(String arguments) {
        Run run = Run.of(
                Stream.of(arguments.split(" ")).filter(word -> !word.isEmpty()).toArray(String[]::new));

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.err().lines())
                .singleElement()
                .asString()
                .startsWith("error: ")
                .endsWith("--help");
    }

    @Test
    void error_withControlCharacters_staysOneLine() {
        Run run = Run.of("rollout", "--no\nsuch\u001b[31moption");

        assertThat(run.err().lines()).singleElement().asString().contains("--no\\u000asuch\\u001b[31moption");
    }

    @ParameterizedTest
    @MethodSource("commands")
    void help_ofEachCommand_describesItAndItsOptions(CommandLine command) {
        String usage = command.getUsageMessage();

        assertThat(command.getCommandSpec().usageMessage().description()).isNotEmpty();
        assertThat(usage).contains("--help", "Exit codes:", "wrong usage");
        assertThat(command.getCommandSpec().options())
                .allSatisfy(option -> assertThat(option.description()).isNotEmpty());
    }

    static Stream<CommandLine> commands() {
        PrintWriter nowhere = new PrintWriter(PrintWriter.nullWriter());
        return withSubcommands(SessionCommand.commandLine(nowhere, nowhere));
    }

    private static Stream<CommandLine> withSubcommands(CommandLine command) {
        return Stream.concat(
                Stream.of(command),
                command.getSubcommands().values().stream().flatMap(SessionCommandTest::withSubcommands));
    }

    @Test
    void version_isTold() {
        Run run = Run.of("--version");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).startsWith("Session Ferry ");
    }
}
