package io.github.sessionferry.benchmarks;

import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.SessionStores;
import io.github.sessionferry.testkit.agentengine.FakeAgentEngine;
import io.github.sessionferry.testkit.firestore.FakeFirestore;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/** A Firestore and an Agent Engine in a JVM of their own, so that what they cost is not the client's. Not thread-safe. */
final class FakeServers implements AutoCloseable {

    /** Room for all that they hold, and for the garbage of one measurement, which is to see no collection of it. */
    private static final List<String> OPTIONS = List.of("-Xms7g", "-Xmx7g", "-Xmn4g", "-XX:+UseParallelGC");

    private final OtherJvm jvm;
    private final String firestore;
    private final String agentEngine;

    private FakeServers(OtherJvm jvm, String firestore, String agentEngine) {
        this.jvm = jvm;
        this.firestore = firestore;
        this.agentEngine = agentEngine;
    }

    static FakeServers start() throws IOException {
        OtherJvm jvm = OtherJvm.start(FakeServers.class, OPTIONS);
        return new FakeServers(jvm, jvm.answer(), jvm.answer());
    }

    /** A database that is empty at first. */
    SessionService openFirestore(int number) {
        return SessionStores.open("firestore://benchmark-" + number + "?timeout=60s&emulator=" + firestore);
    }

    /** An engine that is empty at first. */
    SessionService openAgentEngine(int number) {
        return SessionStores.open("agentengine://projects/benchmark/locations/us-central1/reasoningEngines/" + number
                + "?plaintext=true&timeout=60s&endpoint=" + agentEngine);
    }

    /** Holds back the answer of every call from now on; counts them from zero, and collects the garbage so far. */
    void delayEachCall(Duration delay) throws IOException {
        jvm.ask("delay " + delay.toMillis());
    }

    /** How many calls came to both, since the last change of the delay. */
    long calls() throws IOException {
        return Long.parseLong(jvm.ask("calls"));
    }

    Duration processorTime() {
        return jvm.processorTime();
    }

    @Override
    public void close() throws IOException {
        jvm.close();
    }

    /** The servers' own JVM. */
    public static void main(String[] args) throws IOException {
        try (FakeFirestore firestore = FakeFirestore.start();
                FakeAgentEngine agentEngine = FakeAgentEngine.builder().start();
                BufferedReader questions =
                        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            System.out.println(firestore.endpoint());
            System.out.println(agentEngine.endpoint());
            for (String question = questions.readLine(); question != null; question = questions.readLine()) {
                System.out.println(answer(question, firestore, agentEngine));
            }
        }
    }

    private static String answer(String question, FakeFirestore firestore, FakeAgentEngine agentEngine) {
        if (question.equals("calls")) {
            return Long.toString(
                    firestore.faults().totalCalls() + agentEngine.faults().totalCalls());
        }
        Duration delay = Duration.ofMillis(Long.parseLong(question.substring("delay ".length())));
        for (var faults : List.of(firestore.faults(), agentEngine.faults())) {
            faults.clear();
            if (!delay.isZero()) {
                faults.onAny().delayAfter(delay);
            }
            faults.resetCalls();
        }
        System.gc();
        return "done";
    }
}
