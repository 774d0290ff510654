/**
 * Sessions to test with: realistic ones in any number from {@link
 * io.github.sessionferry.testkit.generators.ConversationGenerator}, and in {@link
 * io.github.sessionferry.testkit.generators.SessionSamples} values, keys and ids that stores are known to get wrong. {@link
 * io.github.sessionferry.testkit.generators.SessionArbitraries} has the generators for jqwik, and alone needs it.
 */
@NullMarked
package io.github.sessionferry.testkit.generators;

import org.jspecify.annotations.NullMarked;
