package io.github.sessionferry.cli;

import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.rollout.RolloutPlan;
import io.github.sessionferry.core.rollout.RolloutPolicy;
import io.github.sessionferry.core.rollout.Stage;
import io.github.sessionferry.migration.live.Guard;
import io.github.sessionferry.migration.live.MigrationController;
import io.github.sessionferry.migration.live.MigrationStatus;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Moves users to a stage. Not thread-safe. */
@Command(
        name = "set",
        description = {
            "Moves users to a stage, in all processes, and waits until they have followed.",
            "A user moves one stage at a time, when nothing is owed, what must be proven is proven, and every process",
            "goes by the stage before."
        },
        exitCodeList = {
            "0:every process goes by it",
            "1:refused, nothing was changed; or processes have not followed in time",
            "2:wrong usage; nothing was done"
        },
        footer = StoreArguments.ADDRESSES)
final class StageSetCommand implements Callable<Integer> {

    @Spec
    private CommandSpec command = CommandSpec.create();

    @Mixin
    private StoreArguments stores = new StoreArguments();

    @Parameters(paramLabel = "STAGE", description = "The stage: ${COMPLETION-CANDIDATES}.")
    private Stage stage = Stage.SOURCE_ONLY;

    @Option(
            names = "--percentage",
            paramLabel = "P",
            description = {
                "How many users are in the stage: 0 to 100, with at most two decimals. The others are where most users",
                "are now, or one stage before if that is this one. Everybody, if not given."
            })
    private @Nullable String percentage;

    @Option(
            names = "--salt",
            paramLabel = "NAME",
            description = "The migration's name, which draws the users; as before if not given.")
    private @Nullable String salt;

    @Option(
            names = "--allow",
            paramLabel = "USER",
            description = {
                "List a user, who is in the stage whatever the percentage; may be given several times. Lists stay",
                "from one change to the next. Needs --percentage, as the two options below do."
            })
    private List<String> allowed = List.of();

    @Option(names = "--deny", paramLabel = "USER", description = "List a user who is never in the stage.")
    private List<String> denied = List.of();

    @Option(
            names = "--unlist",
            paramLabel = "USER",
            description = "Take a user off both lists: the percentage decides again.")
    private List<String> unlisted = List.of();

    @Mixin
    private MoveArguments move = new MoveArguments();

    @Mixin
    private Console console = new Console();

    @Override
    public Integer call() {
        console.begin();
        try (SessionService source = stores.openSource();
                SessionService target = stores.openTarget()) {
            MigrationController controller =
                    MigrationController.builder(source, target).build();
            RolloutPlan next = plan(controller.status().plan());
            controller.moveTo(next, move.overrides(), move.by(), move.reason());
            boolean followed = controller.awaitSettled(move.patience());
            if (!followed && move.overrides().contains(Guard.DRAINED)) {
                controller.forgetSilentProcesses();
                followed = controller.awaitSettled(Duration.ZERO);
            }
            return finish(controller.status(), followed);
        }
    }

    private RolloutPlan plan(RolloutPlan present) {
        checkLists();
        RolloutPolicy policy = console.usage(() -> policy(present.policy()));
        // What is too far is refused as what it is, a jump, with the next stage named.
        if (percentage == null || !present.base().isBeside(stage)) {
            return RolloutPlan.of(stage, stage, policy);
        }
        Stage others = present.base() == stage ? before() : present.base();
        return RolloutPlan.of(others, stage, policy);
    }

    private void checkLists() {
        List<String> named =
                Stream.of(allowed, denied, unlisted).flatMap(List::stream).toList();
        if (!named.isEmpty() && percentage == null) {
            throw new ParameterException(
                    command.commandLine(),
                    "--allow, --deny and --unlist need --percentage: without it everybody is in " + stage
                            + ". Give --percentage 0 for those listed alone");
        }
        Set<String> seen = new HashSet<>();
        named.stream().filter(user -> !seen.add(user)).findFirst().ifPresent(user -> {
            throw new ParameterException(
                    command.commandLine(),
                    "user " + Printable.id(user) + " is named twice by --allow, --deny and --unlist; name each once");
        });
    }

    private Stage before() {
        return stage.previous()
                .orElseThrow(() -> new ParameterException(
                        command.commandLine(),
                        "--percentage: no stage comes before " + stage + "; leave it out to have everybody there"));
    }

    private RolloutPolicy policy(RolloutPolicy present) {
        RolloutPolicy.Builder policy = salt == null
                ? present.toBuilder()
                : RolloutPolicy.builder(salt).enabled(present.enabled()).percentage(present.percentage());
        policy.allowedUserIds(list(present.allowedUserIds(), allowed, denied));
        policy.deniedUserIds(list(present.deniedUserIds(), denied, allowed));
        return percentage == null
                ? policy.build()
                : policy.enabled(true).percentage(percentage).build();
    }

    private Set<String> list(Set<String> present, List<String> added, List<String> onTheOtherList) {
        Set<String> list = new LinkedHashSet<>(present);
        list.addAll(added);
        onTheOtherList.forEach(list::remove);
        unlisted.forEach(list::remove);
        return list;
    }

    private int finish(MigrationStatus status, boolean followed) {
        console.say(
                followed
                        ? console.styled("bold,green", "✔ Every process goes by it")
                        : console.styled(
                                "bold,red",
                                "✘ The stage is set, but not every process has followed within "
                                        + move.patience().toSeconds() + " s"));
        StageOutput.tell(status, console);
        return followed ? ExitCode.OK : ExitCode.SOFTWARE;
    }
}
