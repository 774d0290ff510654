package io.github.sessionferry.cli;

import io.github.sessionferry.migration.RunBuilder;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How much a run does at a time, and what it leaves to others. Not thread-safe. */
final class RunArguments {

    @Option(
            names = "--concurrency",
            paramLabel = "N",
            defaultValue = "10",
            description = "How many sessions are worked on at the same time; 10 if not given.")
    private int concurrency;

    @Mixin
    private Reserve reserve = new Reserve();

    <B extends RunBuilder<B>> B set(B builder) {
        return builder.concurrency(concurrency).reserve(reserve.share());
    }
}
