package io.github.sessionferry.cli;

import picocli.CommandLine.Option;

/** What a command leaves of a store's quota to others. Not thread-safe. */
final class Reserve {

    @Option(
            names = "--reserve",
            paramLabel = "PERCENT",
            defaultValue = "30%",
            converter = Percentage.class,
            description = "Which part of a store's quota is left to live traffic; 30%% if not given.")
    private double share;

    double share() {
        return share;
    }
}
