package io.github.sessionferry.redis;

import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.codec.Base16;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** A Lua script, run by its digest, and by its text where a server does not know it yet. Immutable. */
final class Script {

    private final String text;
    private final String digest;

    private Script(String text) {
        this.text = text;
        digest = Base16.digest(text.getBytes(StandardCharsets.UTF_8));
    }

    /** A script beside this class. */
    static Script named(String name) {
        return following("", name);
    }

    /** A script beside this class that begins with another text. */
    static Script following(String beginning, String name) {
        try (InputStream stream = Script.class.getResourceAsStream(name)) {
            if (stream == null) {
                throw new AssertionError("the script " + name + " is missing");
            }
            return new Script(beginning + new String(stream.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String digest() {
        return digest;
    }

    /**
     * Sends the script.
     *
     * @param keys keys of one hash slot
     * @return the answer, a list
     */
    CompletableFuture<List<Object>> run(
            RedisClusterAsyncCommands<String, byte[]> commands, List<String> keys, List<byte[]> arguments) {
        String[] keyArray = keys.toArray(String[]::new);
        byte[][] argumentArray = arguments.toArray(byte[][]::new);
        return commands.<List<Object>>evalsha(digest, ScriptOutputType.MULTI, keyArray, argumentArray)
                .toCompletableFuture()
                .exceptionallyCompose(failure -> {
                    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
                    return cause instanceof RedisNoScriptException
                            ? commands.<List<Object>>eval(text, ScriptOutputType.MULTI, keyArray, argumentArray)
                                    .toCompletableFuture()
                            : CompletableFuture.failedFuture(failure);
                });
    }
}
