package io.github.sessionferry.testkit.contract;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.lifecycle.AroundTryHook;
import net.jqwik.api.lifecycle.Lifespan;
import net.jqwik.api.lifecycle.Store;
import net.jqwik.api.lifecycle.TryExecutionResult;
import net.jqwik.api.lifecycle.TryExecutor;
import net.jqwik.api.lifecycle.TryLifecycleContext;

/** Ends a property of {@link SessionServiceProperties} after as many tries as the store wants. Not thread-safe. */
final class TriesOfTheStore implements AroundTryHook {

    @Override
    public TryExecutionResult aroundTry(TryLifecycleContext context, TryExecutor aTry, List<Object> parameters) {
        int wanted = ((SessionServiceProperties) context.testInstance()).tries();
        AtomicInteger done = Store.getOrCreate(context.targetMethod(), Lifespan.PROPERTY, AtomicInteger::new)
                .get();
        TryExecutionResult result = aTry.execute(parameters);
        return done.incrementAndGet() >= wanted && result.isSatisfied() ? TryExecutionResult.satisfied(true) : result;
    }
}
