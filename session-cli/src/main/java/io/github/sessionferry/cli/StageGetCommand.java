package io.github.sessionferry.cli;

import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.migration.live.MigrationController;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;

/** Tells how far a migration is. Not thread-safe. */
@Command(
        name = "get",
        description = "Tells in which stage users are, and whether every process goes by that. Nothing is written.",
        footer = StoreArguments.ADDRESSES)
final class StageGetCommand implements Callable<Integer> {

    @Mixin
    private StoreArguments stores = new StoreArguments();

    @Mixin
    private Console console = new Console();

    @Override
    public Integer call() {
        console.begin();
        try (SessionService source = stores.openSource();
                SessionService target = stores.openTarget()) {
            MigrationController controller =
                    MigrationController.builder(source, target).build();
            StageOutput.tell(controller.status(), console);
            return ExitCode.OK;
        }
    }
}
