package io.github.sessionferry.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.sessionferry.core.SessionException;
import io.github.sessionferry.core.SessionKey;
import io.lettuce.core.Limit;
import io.lettuce.core.Range;
import io.lettuce.core.Range.Boundary;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which sessions there are, in sorted sets, so that they can be listed and scanned in order and each once.
 *
 * <p>A session is entered before it is written and taken out after it was deleted: an entry may have no session, a session
 * always has its entry. Each creation makes an entry of its own. Thread-safe.
 */
final class SessionIndex {

    /** An entry without a session this old is not of a creation under way. */
    private static final Duration STALE = Duration.ofDays(1);

    private static final int PARTS_AT_ONCE = 16;
    private static final Script ENTER = Script.named("index.lua");
    private static final Logger LOG = LoggerFactory.getLogger(SessionIndex.class);

    private final RedisCalls calls;
    private final String prefix;

    SessionIndex(RedisCalls calls, String prefix) {
        this.calls = calls;
        this.prefix = prefix;
    }

    /**
     * A page of entries.
     *
     * @param entries the entries
     * @param next where the next page begins; empty at the end
     */
    record Page(List<Located> entries, Optional<IndexCursor> next) {}

    /**
     * An entry and the part of the index that has it.
     *
     * @param part the part
     * @param entry the entry
     */
    record Located(int part, IndexEntry entry) {}

    /** Enters a session that is going to be written. */
    CompletionStage<List<Object>> enter(
            RedisClusterAsyncCommands<String, byte[]> commands,
            SessionKey key,
            String born,
            @Nullable Instant expireTime,
            Instant now) {
        int part = IndexEntry.part(key.appName(), key.userId());
        return ENTER.run(
                commands,
                List.of(entries(part), expiring(part)),
                new Arguments()
                        .add(
                                IndexEntry.of(key, born).text(),
                                expireTime == null ? "" : RedisTime.comparable(expireTime) / 1_000,
                                RedisTime.comparable(now.minus(STALE)) / 1_000)
                        .values());
    }

    /** Takes out an entry whose session is not there; what fails is left to a later scan. */
    void remove(SessionKey key, String born) {
        remove(List.of(new Located(IndexEntry.part(key.appName(), key.userId()), IndexEntry.of(key, born))));
    }

    /** Takes out those entries without a session that can never get one. */
    void removeStale(List<Located> absent, Instant now) {
        remove(absent.stream()
                .filter(located -> located.entry().madeAt().isBefore(now.minus(STALE)))
                .toList());
    }

    private void remove(List<Located> absent) {
        if (absent.isEmpty()) {
            return;
        }
        try {
            List<Long> unused = calls.read(
                    "remove index entries",
                    null,
                    commands -> Pipeline.all(
                            absent,
                            located -> commands.zrem(entries(located.part()), bytes(located))
                                    .thenCombine(commands.zrem(expiring(located.part()), bytes(located)), Long::sum)));
        } catch (SessionException e) {
            LOG.debug("index entries without a session stay until the next scan: code={}", e.code());
        }
    }

    private static byte[] bytes(Located located) {
        return located.entry().text().getBytes(UTF_8);
    }

    /** Entries that begin with a text, in order. */
    Page page(String action, IndexCursor from, String beginning, int limit) {
        List<Located> found = new ArrayList<>();
        IndexCursor at = from;
        int width = 1;
        while (at.part() <= at.last()) {
            int first = at.part();
            String after = at.after();
            List<Integer> parts = IntStream.rangeClosed(first, Math.min(at.last(), first + width - 1))
                    .boxed()
                    .toList();
            List<List<byte[]>> ranges = calls.read(
                    action,
                    null,
                    commands -> Pipeline.all(
                            parts, part -> range(commands, part, beginning, part == first ? after : "", limit)));
            for (int i = 0; i < ranges.size(); i++) {
                for (byte[] text : ranges.get(i)) {
                    IndexEntry entry = new IndexEntry(new String(text, UTF_8));
                    found.add(new Located(parts.get(i), entry));
                    if (found.size() == limit) {
                        return new Page(found, Optional.of(at.at(parts.get(i), entry.text())));
                    }
                }
            }
            at = at.at(first + parts.size(), "");
            width = PARTS_AT_ONCE;
        }
        return new Page(found, Optional.empty());
    }

    private CompletionStage<List<byte[]>> range(
            RedisClusterAsyncCommands<String, byte[]> commands, int part, String beginning, String after, int limit) {
        Boundary<byte[]> lower = !after.isEmpty()
                ? Boundary.excluding(after.getBytes(UTF_8))
                : beginning.isEmpty() ? Boundary.unbounded() : Boundary.including(beginning.getBytes(UTF_8));
        Boundary<byte[]> upper =
                beginning.isEmpty() ? Boundary.unbounded() : Boundary.excluding((beginning + "\uffff").getBytes(UTF_8));
        return commands.zrangebylex(entries(part), Range.from(lower, upper), Limit.from(limit));
    }

    /** How many entries there are. */
    long size() {
        List<Integer> parts = IntStream.range(0, IndexCursor.PARTS).boxed().toList();
        return calls
                .read("count", null, commands -> Pipeline.all(parts, part -> commands.zcard(entries(part))))
                .stream()
                .mapToLong(Long::longValue)
                .sum();
    }

    private String entries(int part) {
        return prefix + "{index-" + IndexCursor.name(part) + "}:sessions";
    }

    private String expiring(int part) {
        return prefix + "{index-" + IndexCursor.name(part) + "}:expiring";
    }
}
