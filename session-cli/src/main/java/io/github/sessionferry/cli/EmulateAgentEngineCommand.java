package io.github.sessionferry.cli;

import io.github.sessionferry.testkit.agentengine.FakeAgentEngine;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Runs an emulated Agent Engine until it is told to stop. Not thread-safe. */
@Command(
        name = "agent-engine",
        description = {
            "Runs Agent Engine Sessions on this machine: gRPC in plaintext, and REST if asked for, on the loopback "
                    + "interface, API v1 and v1beta1.",
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

    @Option(
            names = "--rest-port",
            paramLabel = "N",
            description = "Serves REST too, and where; 0 picks a free port. Without it, gRPC only.")
    private @Nullable Integer restPort;

    @Override
    public Integer call() throws InterruptedException {
        console.begin();
        FakeAgentEngine engine = console.usage(this::start);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            engine.close();
            Runtime.getRuntime().halt(ExitCode.OK);
        }));
        announce(engine);
        new CountDownLatch(1).await();
        return ExitCode.OK;
    }

    private FakeAgentEngine start() {
        FakeAgentEngine.Builder builder = FakeAgentEngine.builder().port(port);
        return (restPort == null ? builder : builder.restPort(restPort)).start();
    }

    private void announce(FakeAgentEngine engine) {
        String address = address(engine.endpoint());
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("endpoint", engine.endpoint());
        result.put("uri", address);
        if (restPort != null) {
            result.put("restEndpoint", engine.restEndpoint());
        }
        console.result(result);
        if (!console.json()) {
            String rest = restPort == null ? "" : ", REST at " + engine.restEndpoint();
            console.say("Agent Engine emulator ready at " + engine.endpoint() + " as '" + address + "'" + rest);
        }
    }

    static String address(String endpoint) {
        return "agentengine://" + ENGINE + "?endpoint=" + endpoint + "&plaintext=true";
    }
}
