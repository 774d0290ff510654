package io.github.sessionferry.redis;

import static java.util.Objects.requireNonNull;

import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.redis.WebCategories.Category;
import io.github.sessionferry.redis.WebCategories.Form;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What is asked of Redis: scripts that know the categories, of which each run is a whole: one for one session id, and one
 * for several new sessions. Thread-safe.
 */
final class WebScript {

    private static final String DONE = "DONE";

    /** So many that a script holds up others for about half a millisecond. */
    private static final int CREATED_TOGETHER = 16;

    private final RedisCalls calls;
    private final WebKeys keys;
    private final Script script;
    private final Script creation;

    WebScript(RedisCalls calls, WebKeys keys) {
        this.calls = calls;
        this.keys = keys;
        String tables = tables(keys.categories().all());
        script = Script.following(tables, "web.lua");
        creation = Script.following(tables, "create.lua");
    }

    private static String tables(List<Category> categories) {
        return "local NAMES, FORMS, LIVES = "
                + table(categories, category -> "'" + category.name() + "'") + ", "
                + table(categories, category -> category.form() == Form.HASH ? "'h'" : "'s'") + ", "
                + table(
                        categories,
                        category -> String.valueOf(
                                category.ttl().map(Duration::toMillis).orElse(0L)))
                + "\n";
    }

    private static String table(List<Category> categories, Function<Category, String> text) {
        return categories.stream().map(text).collect(Collectors.joining(", ", "{ ", " }"));
    }

    WebSlot read(SessionKey key) {
        return calls.read("find", key, commands -> find(commands, key.sessionId()));
    }

    List<WebSlot> readAll(Collection<String> ids) {
        return calls.read("find", null, commands -> Pipeline.all(ids, id -> find(commands, id)));
    }

    private CompletionStage<WebSlot> find(RedisClusterAsyncCommands<String, byte[]> commands, String id) {
        return script.run(commands, keys.of(id), new Arguments().add("find").values())
                .thenApply(WebSlot::of);
    }

    /** What became of a swap: the revision now if it was made, nothing if something else stood there. */
    record Swapped(boolean isDone, String revision) {}

    Swapped swap(String action, SessionKey key, String revision, WebContent content) {
        return calls.change(action, key, swapping(key, revision, content));
    }

    private Change.Attempt<Swapped> swapping(SessionKey key, String revision, WebContent content) {
        return (commands, maybeApplied) -> script.run(
                        commands,
                        keys.of(key.sessionId()),
                        content.swapFor(revision, maybeApplied).values())
                .thenApply(answer ->
                        new Swapped(Arguments.text(answer.get(0)).equals(DONE), Arguments.text(answer.get(1))));
    }

    /** Sessions that are created by one run of the script: for each, in their order, whether nothing was there. */
    record Creation(List<SessionKey> keys, Change<List<Boolean>> done) {}

    /** Puts contents that are in categories under different ids at the same time, each if there is nothing. */
    List<Creation> createAll(String action, Map<SessionKey, WebContent> contents) {
        if (contents.isEmpty()) {
            return List.of();
        }
        long now =
                calls.read("reading the time", null, commands -> commands.time().thenApply(RedisTime::millis));
        List<SessionKey> all = List.copyOf(contents.keySet());
        int together = keys.cluster() ? 1 : CREATED_TOGETHER;
        List<Creation> creations = new ArrayList<>();
        for (int i = 0; i < all.size(); i += together) {
            List<SessionKey> some = all.subList(i, Math.min(all.size(), i + together));
            creations.add(new Creation(some, new Change<>(null, creating(some, contents, now))));
        }
        calls.changeAll(action, creations.stream().map(Creation::done).toList());
        return creations;
    }

    /** What may have been done already is swapped, one by one, which tells whether it is there. */
    private Change.Attempt<List<Boolean>> creating(
            List<SessionKey> some, Map<SessionKey, WebContent> contents, long now) {
        return (commands, maybeApplied) -> maybeApplied
                ? Pipeline.all(
                        some,
                        key -> swapping(key, "", requireNonNull(contents.get(key)))
                                .send(commands, true)
                                .thenApply(Swapped::isDone))
                : create(commands, some, contents, now);
    }

    private CompletionStage<List<Boolean>> create(
            RedisClusterAsyncCommands<String, byte[]> commands,
            List<SessionKey> some,
            Map<SessionKey, WebContent> contents,
            long now) {
        List<String> names = new ArrayList<>();
        Arguments arguments = new Arguments();
        for (SessionKey key : some) {
            names.addAll(keys.of(key.sessionId()));
            arguments.append(requireNonNull(contents.get(key)).create(keys.categories(), now));
        }
        return creation.run(commands, names, arguments.values())
                .thenApply(
                        answer -> answer.stream().map(done -> done.equals(1L)).toList());
    }

    /** Applies a delta to the session that the categories tell, if it still is that user's. */
    boolean append(SessionKey key, Arguments arguments) {
        return calls.change(
                "append",
                key,
                (commands, maybeApplied) -> script.run(commands, keys.of(key.sessionId()), arguments.values())
                        .thenApply(answer -> Arguments.text(answer.get(0)).equals("APPENDED")));
    }
}
