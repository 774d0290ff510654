package io.github.sessionferry.cli;

import io.github.sessionferry.testkit.agentengine.FakeAgentEngine;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Runs an emulated Agent Engine until it is told to stop. Not thread-safe. */
@Command(
        name = "agent-engine",
        description = {
            "Runs Agent Engine Sessions on this machine: gRPC in plaintext on the loopback interface, API v1 and v1beta1.",
            "Every project, location and reasoning engine exists and is empty. Everything is kept in memory and lost at "
                    + "the end."
        },
        footer = {
            "",
            "Prints one line when it is ready, with the endpoint and the address to give to --from and --to.",
            "Runs until SIGINT (Ctrl-C) or SIGTERM and then ends with exit code 0."
        })
final class EmulateAgentEngineCommand implements Callable<Integer> {

    static final String ENGINE = "projects/local/locations/us-central1/reasoningEngines/1";

    @Mixin
    private Console console = new Console();

    @Option(
            names = "--port",
            paramLabel = "N",
            defaultValue = "0",
            description = "Where to listen; 0, the default, picks a free port.")
    private int port;

    @Override
    public Integer call() throws InterruptedException {
        console.begin();
        FakeAgentEngine engine =
                console.usage(() -> FakeAgentEngine.builder().port(port).start());
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            engine.close();
            Runtime.getRuntime().halt(ExitCode.OK);
        }));
        announce(engine.endpoint());
        new CountDownLatch(1).await();
        return ExitCode.OK;
    }

    private void announce(String endpoint) {
        String address = address(endpoint);
        console.result(Map.of("endpoint", endpoint, "uri", address));
        if (!console.json()) {
            console.say("Agent Engine emulator ready at " + endpoint + " as '" + address + "'");
        }
    }

    static String address(String endpoint) {
        return "agentengine://" + ENGINE + "?endpoint=" + endpoint + "&plaintext=true";
    }
}
