package io.github.sessionferry.cli;

import io.github.sessionferry.core.rollout.RolloutDecision;
import io.github.sessionferry.core.rollout.RolloutPolicy;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Explains the decision for some users. Not thread-safe. */
@Command(
        name = "explain",
        description = "Tells for each user whether a percentage includes it, and why.",
        footer = {
            "",
            "A user's bucket, 0 to 9999, depends on the salt and the user id alone. A percentage P includes",
            "the buckets below P * 100.",
            "",
            "With --json: {\"users\":[{\"userId\":\"…\",\"bucket\":1234,\"included\":true,\"reason\":\"…\"}]}"
        })
final class RolloutExplainCommand implements Callable<Integer> {

    @Mixin
    private Console console = new Console();

    @Option(names = "--salt", required = true, description = "The migration's name: another salt draws other users.")
    private String salt = "";

    @Option(
            names = "--percentage",
            required = true,
            paramLabel = "P",
            description = "How many users are included: 0 to 100, with at most two decimals.")
    private String percentage = "";

    @Parameters(arity = "1..*", paramLabel = "USER", description = "User ids, exactly as the application knows them.")
    private List<String> userIds = List.of();

    @Override
    public Integer call() {
        console.begin();
        RolloutPolicy policy = console.usage(
                () -> RolloutPolicy.builder(salt).percentage(percentage).build());
        if (console.json()) {
            console.printIfAsked(Map.of(
                    "users", userIds.stream().map(id -> fields(policy, id)).toList()));
        } else {
            console.say(String.format("%6s  %-8s  %-18s  %s", "bucket", "included", "reason", "user"));
            userIds.forEach(id -> console.say(line(policy, id)));
        }
        return ExitCode.OK;
    }

    private static Map<String, @Nullable Object> fields(RolloutPolicy policy, String userId) {
        RolloutDecision decision = policy.decide(userId);
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("userId", userId);
        fields.put("bucket", decision.bucket().isPresent() ? decision.bucket().getAsInt() : null);
        fields.put("included", decision.included());
        fields.put("reason", decision.reason().name());
        return fields;
    }

    private static String line(RolloutPolicy policy, String userId) {
        RolloutDecision decision = policy.decide(userId);
        return String.format(
                "%6s  %-8s  %-18s  %s",
                decision.bucket().isPresent() ? decision.bucket().getAsInt() : "-",
                decision.included() ? "yes" : "no",
                decision.reason(),
                Printable.id(userId));
    }
}
