package io.github.sessionferry.cli;

import io.github.sessionferry.core.SessionErrorCode;
import io.github.sessionferry.core.SessionException;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.SessionStores;
import java.util.function.Supplier;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The two stores that a command is given. Not thread-safe. */
final class StoreArguments {

    /** How to write an address, for the help of the commands that take one. */
    static final String ADDRESSES = "%nStores:%n"
            + "  firestore://PROJECT/DATABASE?layout=adk-flat|adk-java|adk-python|auto[&emulator=HOST:PORT]%n"
            + "  agentengine://projects/P/locations/L/reasoningEngines/E[?endpoint=HOST:PORT&plaintext=true]%n"
            + "    an application in another engine: &app.NAME=ENGINE%n"
            + "    with raised quotas, calls a minute: &quota.writes=N&quota.appends=N&quota.reads=N%n"
            + "  redis[s]://HOST:PORT/DATABASE[?layout=agent|web]%n"
            + "  file:DIR[?layout=agent|adk-json|web]%n"
            + "  backup:DIR[?key=FILE], which is only read%n"
            + "Google's stores take the Application Default Credentials unless an emulator is named.%n"
            + "Quote addresses: a shell takes ? and & for its own.";

    @Option(names = "--from", required = true, paramLabel = "URI", description = "The store to read from.")
    private String from = "";

    @Option(names = "--to", required = true, paramLabel = "URI", description = "The store that is to hold the same.")
    private String to = "";

    @Mixin
    private MappedApps mappedApps = new MappedApps();

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command = CommandSpec.create();

    SessionService openSource() {
        if (from.equals(to)) {
            throw new ParameterException(
                    command.commandLine(), "--from and --to are the same store; give the address of another");
        }
        return open(command, "--from", from);
    }

    SessionService openTarget() {
        return open(command, "--to", mappedApps.in(command, to));
    }

    /** Makes sure that both stores answer; one that is not there is a wrong usage. */
    void requireReachable(SessionService source, SessionService target) {
        requireReachable(command, "--from", source);
        requireReachable(command, "--to", target);
    }

    /** Makes sure that a store answers; one that is not there is a wrong usage. */
    static void requireReachable(CommandSpec command, String option, SessionService store) {
        usable(command, option, () -> reached(store));
    }

    private static SessionService reached(SessionService store) {
        Reachability.check(store);
        return store;
    }

    /** Opens a store; an address that is wrong, or leads nowhere, is a wrong usage. */
    static SessionService open(CommandSpec command, String option, String address) {
        return usable(command, option, () -> SessionStores.open(address));
    }

    private static SessionService usable(CommandSpec command, String option, Supplier<SessionService> store) {
        try {
            return store.get();
        } catch (IllegalArgumentException e) {
            throw wrong(command, option, e);
        } catch (SessionException e) {
            if (e.code() == SessionErrorCode.STORE_NOT_FOUND) {
                throw wrong(command, option, e);
            }
            throw e;
        }
    }

    private static ParameterException wrong(CommandSpec command, String option, RuntimeException cause) {
        return new ParameterException(command.commandLine(), option + ": " + cause.getMessage(), cause);
    }
}
