package io.github.sessionferry.redis;

import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** Commands that are sent one behind the other without waiting for answers. */
final class Pipeline {

    private Pipeline() {}

    /** The answers to commands for items, in the items' order; failed if one is. */
    static <I, T> CompletionStage<List<T>> all(Collection<I> items, Function<I, CompletionStage<T>> command) {
        List<CompletableFuture<T>> answers = items.stream()
                .map(item -> command.apply(item).toCompletableFuture())
                .toList();
        return CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new))
                .thenApply(done -> answers.stream().map(CompletableFuture::join).toList());
    }
}
