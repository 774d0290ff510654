package io.github.sessionferry.cli;

import picocli.CommandLine.Command;

/** The commands that run a service on this machine. Not thread-safe. */
@Command(
        name = "emulate",
        description = "Runs an emulated service on this machine, for tests and trials in any language.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = EmulateAgentEngineCommand.class)
final class EmulateCommand {}
