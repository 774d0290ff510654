package io.github.sessionferry.cli;

import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.migration.live.MigrationController;
import io.github.sessionferry.migration.live.PlanChange;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;

/** Tells how a migration has come to where it is. Not thread-safe. */
@Command(
        name = "history",
        description = "Tells every change of stage, the refused ones too: when, by whom, why, and what was overridden.",
        footer = StoreArguments.ADDRESSES)
final class StageHistoryCommand implements Callable<Integer> {

    @Mixin
    private StoreArguments stores = new StoreArguments();

    @Mixin
    private Console console = new Console();

    @Override
    public Integer call() {
        console.begin();
        try (SessionService source = stores.openSource();
                SessionService target = stores.openTarget()) {
            List<PlanChange> history =
                    MigrationController.builder(source, target).build().history();
            if (history.isEmpty()) {
                console.say("No stage was ever set: every user is in SOURCE_ONLY.");
            }
            history.forEach(change -> console.say(line(change)));
            console.result(
                    Map.of("changes", history.stream().map(StageOutput::fields).toList()));
            return ExitCode.OK;
        }
    }

    private static String line(PlanChange change) {
        return String.format(
                "%s  %4d  %-9s  %s -> %s  by %s%s%s",
                change.time(),
                change.version(),
                change.outcome(),
                change.from(),
                change.to(),
                Printable.id(change.by()),
                change.reason().isEmpty() ? "" : ": " + Printable.line(change.reason()),
                change.overridden().isEmpty() ? "" : "  overridden: " + StageOutput.names(change.overridden()));
    }
}
