package io.github.sessionferry.migration;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.sessionferry.core.Capability;
import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.testkit.InMemorySessionService;
import io.github.sessionferry.testkit.TestClock;
import io.github.sessionferry.testkit.contract.SessionServiceContract;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.io.TempDir;

/** A backup keeps all promises of a store that is only read. */
final class BackupContractTest extends SessionServiceContract {

    @TempDir
    private Path folder;

    private final Map<SessionService, Seeded> stores = new HashMap<>();

    @Override
    protected SessionService create(TestClock clock) {
        Seeded seeded = new Seeded(clock);
        SessionService service = seeded.service();
        stores.put(service, seeded);
        return service;
    }

    @Override
    protected Optional<SessionService> reopen(SessionService service) {
        return Optional.of(stores.get(service).service());
    }

    @Override
    protected Set<Capability> capabilities() {
        return EnumSet.of(
                Capability.EVENTS,
                Capability.SHARED_STATE,
                Capability.SHARED_STATE_PER_APP,
                Capability.SHARED_STATE_TIMES,
                Capability.EXPIRY);
    }

    @Override
    protected void seed(SessionService service, Session session) {
        stores.get(service).put(session);
    }

    /** A backup of all that was put, made when it is read. */
    private final class Seeded {

        private final TestClock clock;
        private final InMemorySessionService store;
        private Optional<SessionService> backup = Optional.empty();
        private int backups;

        Seeded(TestClock clock) {
            this.clock = clock;
            store = InMemorySessionService.builder().clock(clock).build();
        }

        void put(Session session) {
            Samples.put(store, session);
            backup = Optional.empty();
        }

        private SessionService backup() {
            if (backup.isEmpty()) {
                backup = Optional.of(make(folder.resolve(hashCode() + "-" + ++backups)));
            }
            return backup.get();
        }

        private SessionService make(Path to) {
            boolean interrupted = Thread.interrupted();
            BackupReport report =
                    Backup.builder(store, to).partBytes(600).build().run();
            assertThat(report.succeeded()).as(report.toJson()).isTrue();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
            return new BackupSessionService(BackupReader.open(to, Optional.empty()), clock);
        }

        SessionService service() {
            return (SessionService) Proxy.newProxyInstance(
                    SessionService.class.getClassLoader(),
                    new Class<?>[] {SessionService.class},
                    (proxy, method, arguments) -> {
                        if (method.getName().equals("hashCode")) {
                            return System.identityHashCode(proxy);
                        }
                        if (method.getName().equals("equals")) {
                            return proxy == arguments[0];
                        }
                        try {
                            SessionService current = backup();
                            Object result = method.invoke(current, arguments);
                            return result == current ? proxy : result;
                        } catch (InvocationTargetException e) {
                            throw e.getCause();
                        }
                    });
        }
    }
}
