package io.github.sessionferry.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.sessionferry.core.ScanCursor;
import io.github.sessionferry.core.ScanPage;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SessionPage;
import io.github.sessionferry.core.SessionQuery;
import io.github.sessionferry.core.SessionSummary;
import io.github.sessionferry.core.UnreadableRecord;
import io.github.sessionferry.redis.SessionIndex.Located;
import io.lettuce.core.KeyValue;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Lists and scans sessions by the index. Thread-safe. */
final class SessionListing {

    private static final int LARGEST_PAGE = 1_000;

    private final RedisCalls calls;
    private final String prefix;
    private final SessionIndex index;
    private final Clock clock;

    SessionListing(RedisCalls calls, String prefix, SessionIndex index, Clock clock) {
        this.calls = calls;
        this.prefix = prefix;
        this.index = index;
        this.clock = clock;
    }

    SessionPage list(SessionQuery query, ScanCursor cursor, int limit) {
        IndexCursor from = query.userId()
                .map(user -> IndexEntry.part(query.appName(), user))
                .map(part -> new IndexCursor(part, part, after(cursor)))
                .orElseGet(() -> IndexCursor.of(cursor));
        Page page = page("list", from, IndexEntry.prefix(query), limit);
        List<SessionSummary> found = page.sessions.stream()
                .filter(session -> query.matches(session.key()))
                .toList();
        return new SessionPage(found, page.next.map(IndexCursor::cursor));
    }

    private static String after(ScanCursor cursor) {
        return cursor.equals(ScanCursor.START) ? "" : IndexCursor.of(cursor).after();
    }

    ScanPage scan(ScanCursor cursor, int limit) {
        Page page = page("scan", IndexCursor.of(cursor), "", limit);
        return new ScanPage(page.sessions, page.unreadable, page.next.map(IndexCursor::cursor));
    }

    private Page page(String action, IndexCursor from, String beginning, int limit) {
        SessionIndex.Page entries = index.page(action, from, beginning, Math.min(limit, LARGEST_PAGE));
        List<Fields> fields = calls.read(
                action, null, commands -> Pipeline.all(entries.entries(), located -> fields(commands, located)));
        Instant now = clock.instant();
        Page page = new Page(entries.next());
        List<Located> absent = new ArrayList<>();
        for (int i = 0; i < fields.size(); i++) {
            if (!page.add(entries.entries().get(i), fields.get(i), now)) {
                absent.add(entries.entries().get(i));
            }
        }
        index.removeStale(absent, now);
        return page;
    }

    /** What the index's look at a session's hash found; nothing if the key is no hash. */
    private record Fields(String hash, @Nullable List<KeyValue<String, byte[]>> values) {

        @Nullable
        String value(int number) {
            return values == null || !values.get(number).hasValue()
                    ? null
                    : new String(values.get(number).getValue(), UTF_8);
        }
    }

    private CompletionStage<Fields> fields(RedisClusterAsyncCommands<String, byte[]> commands, Located located) {
        String hash = SessionKeys.ofTag(prefix, located.entry().tag()).session();
        return commands.hmget(hash, StoredSession.BORN, StoredSession.KEY, StoredSession.UPDATED, StoredSession.UNTIL)
                .handle((values, failure) -> {
                    if (failure == null) {
                        return new Fields(hash, values);
                    }
                    if (RedisErrors.kind(failure).equals("WRONGTYPE")) {
                        return new Fields(hash, null);
                    }
                    throw new CompletionException(failure);
                });
    }

    /** The sessions of a page, and what is none. */
    private static final class Page {

        private final List<SessionSummary> sessions = new ArrayList<>();
        private final List<UnreadableRecord> unreadable = new ArrayList<>();
        private final Optional<IndexCursor> next;

        Page(Optional<IndexCursor> next) {
            this.next = next;
        }

        /** Adds what an entry leads to; false if there is no session. */
        boolean add(Located located, Fields fields, Instant now) {
            if (fields.values() == null) {
                unreadable.add(new UnreadableRecord(fields.hash(), "the key holds another type of value than a hash"));
                return true;
            }
            if (!located.entry().born().equals(fields.value(0))) {
                return false;
            }
            try {
                String until = fields.value(3);
                if (until != null && Long.parseLong(until) <= RedisTime.comparable(now)) {
                    return false;
                }
                SessionKey key = StoredSession.key(fields.value(1));
                Instant updated = RedisTime.parse(String.valueOf(fields.value(2)), "update time");
                sessions.add(new SessionSummary(key, updated));
            } catch (IllegalArgumentException e) {
                unreadable.add(new UnreadableRecord(fields.hash(), String.valueOf(e.getMessage())));
            }
            return true;
        }
    }
}
