package io.github.sessionferry.cli;

import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.migration.AnalysisReport;
import io.github.sessionferry.migration.SessionAnalyzer;
import io.github.sessionferry.migration.SessionClassifier;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Looks at a store before a migration. Not thread-safe. */
@Command(
        name = "analyze",
        description = {
            "Tells what a store holds before it is moved: sessions, users, sizes, kinds, and what is broken.",
            "With a target: what that would refuse or encode, and about how long a migration takes. Nothing is written."
        },
        exitCodeList = {
            "0:all of it can be moved",
            "1:something is broken or would be refused, or the run could not go on",
            "2:wrong usage; nothing was done",
            "130:stopped by Ctrl-C (143: by SIGTERM)"
        },
        footer = StoreArguments.ADDRESSES)
final class AnalyzeCommand implements Callable<Integer> {

    @Spec
    private CommandSpec command = CommandSpec.create();

    @Option(names = "--from", required = true, paramLabel = "URI", description = "The store to look at.")
    private String from = "";

    @Option(names = "--to", paramLabel = "URI", description = "The store that it is to be moved to.")
    private @Nullable String to;

    @Mixin
    private MappedApps mappedApps = new MappedApps();

    @Option(
            names = "--kinds",
            paramLabel = "FILE",
            description =
                    "A JSON file that says by which keys a session is of which kind; by what it holds if not given.")
    private @Nullable Path kinds;

    @Mixin
    private RunArguments run = new RunArguments();

    @Mixin
    private ReportFolder reports = new ReportFolder();

    @Mixin
    private Console console = new Console();

    @Override
    public Integer call() {
        console.begin();
        reports.check();
        try (SessionService source = StoreArguments.open(command, "--from", from);
                Progress progress = Progress.of("analyze", command.commandLine().getErr())) {
            if (to == null) {
                mappedApps.requireNone(command);
                return analyze(source, Optional.empty(), progress);
            }
            try (SessionService target = openTarget(to)) {
                return analyze(source, Optional.of(target), progress);
            }
        }
    }

    private SessionService openTarget(String address) {
        if (address.equals(from)) {
            throw new ParameterException(
                    command.commandLine(), "--from and --to are the same store; give the address of another");
        }
        return StoreArguments.open(command, "--to", mappedApps.in(command, address));
    }

    private int analyze(SessionService source, Optional<SessionService> target, Progress progress) {
        SessionAnalyzer analyzer = console.usage(() -> analyzer(source, target, progress));
        StoreArguments.requireReachable(command, "--from", source);
        target.ifPresent(store -> StoreArguments.requireReachable(command, "--to", store));
        return Interruption.cancellable(analyzer::cancel, () -> finish(analyzer.run(), progress));
    }

    private SessionAnalyzer analyzer(SessionService source, Optional<SessionService> target, Progress progress) {
        SessionAnalyzer.Builder builder =
                run.set(SessionAnalyzer.builder(source)).listener(progress);
        target.ifPresent(builder::to);
        if (kinds != null) {
            builder.classifier(SessionClassifier.read(kinds));
        }
        return builder.build();
    }

    private int finish(AnalysisReport report, Progress progress) {
        progress.close();
        Summary.of(report, console).forEach(console::say);
        reports.write(report, console);
        console.result(report.toJson());
        return report.succeeded() ? ExitCode.OK : ExitCode.SOFTWARE;
    }
}
