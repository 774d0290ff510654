package io.github.sessionferry.core.rollout;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/** Prints a digest of thousands of decisions: run in other JVMs by {@link RolloutAcrossJvmsTest}. */
final class RolloutDigest {

    private static final int USERS = 5_000;
    private static final List<String> ENDINGS = List.of("", "é", "日本語", "😀", "\ud83d", "\ude00x", "İı", "e\u0301");

    private RolloutDigest() {}

    public static void main(String[] args) throws NoSuchAlgorithmException {
        System.out.writeBytes(compute().getBytes(StandardCharsets.US_ASCII));
        System.out.flush();
    }

    static String compute() throws NoSuchAlgorithmException {
        RolloutPolicy policy = RolloutPolicy.fromEnvironment(Map.of(
                "AGENT_ENGINE_ID", "1",
                "AGENT_ENGINE_RESOURCE_NAME", "projects/p/locations/l/reasoningEngines/1",
                "MIGRATED_USER_IDS", "user-1é,user-2日本語",
                "MIGRATION_PERCENTAGE", "12.34",
                "MIGRATION_SALT", "ferry-é"));
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        for (int i = 0; i < USERS; i++) {
            RolloutDecision decision = policy.decide("user-" + i + ENDINGS.get(i % ENDINGS.size()));
            String line = decision.bucket().orElseThrow() + " " + decision.reason() + "\n";
            digest.update(line.getBytes(StandardCharsets.UTF_8));
        }
        return HexFormat.of().formatHex(digest.digest());
    }
}
