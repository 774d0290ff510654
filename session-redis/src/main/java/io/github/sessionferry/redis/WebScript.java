package io.github.sessionferry.redis;

import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.redis.WebCategories.Category;
import io.github.sessionferry.redis.WebCategories.Form;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What is asked of Redis: one script that knows the categories, run as a whole for one session id. Thread-safe. */
final class WebScript {

    private static final String DONE = "DONE";

    private final RedisCalls calls;
    private final WebKeys keys;
    private final Script script;

    WebScript(RedisCalls calls, WebKeys keys) {
        this.calls = calls;
        this.keys = keys;
        script = Script.following(tables(keys.categories().all()), "web.lua");
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

    /** Makes swaps under different ids at the same time. */
    List<Change<Swapped>> swapAll(String action, List<Change<Swapped>> swaps) {
        return calls.changeAll(action, swaps);
    }

    Change.Attempt<Swapped> swapping(SessionKey key, String revision, WebContent content) {
        return (commands, maybeApplied) -> script.run(
                        commands,
                        keys.of(key.sessionId()),
                        content.swapFor(revision, maybeApplied).values())
                .thenApply(answer ->
                        new Swapped(Arguments.text(answer.get(0)).equals(DONE), Arguments.text(answer.get(1))));
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
