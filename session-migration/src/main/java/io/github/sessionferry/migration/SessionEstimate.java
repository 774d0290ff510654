package io.github.sessionferry.migration;

import io.github.sessionferry.core.SessionException;
import io.github.sessionferry.core.SessionService;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks a store how many sessions it has, which a run can do without. Thread-safe: static methods only. */
final class SessionEstimate {

    private static final Logger LOG = LoggerFactory.getLogger(Migrator.class);

    private SessionEstimate() {}

    static OptionalLong of(SessionService store) {
        try {
            return store.estimatedSessions();
        } catch (SessionException e) {
            LOG.warn("event=estimate_failed store={} code={}", store.name(), e.code());
            return OptionalLong.empty();
        }
    }
}
