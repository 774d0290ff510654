package io.github.sessionferry.cli;

import picocli.CommandLine.Command;

/** The commands about rollouts. Not thread-safe. */
@Command(
        name = "rollout",
        description = "Tells which users a gradual rollout has moved to the target, or would move.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {RolloutExplainCommand.class, RolloutPreviewCommand.class})
final class RolloutCommand {}
