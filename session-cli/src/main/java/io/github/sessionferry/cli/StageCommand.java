package io.github.sessionferry.cli;

import picocli.CommandLine.Command;

/** The commands about the stages of a live migration. Not thread-safe. */
@Command(
        name = "stage",
        description = "Tells and changes how far the users of a live migration have moved.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {StageGetCommand.class, StageSetCommand.class, StageHistoryCommand.class})
final class StageCommand {}
