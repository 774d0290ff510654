/**
 * An Agent Engine for tests: the Sessions API over gRPC, in this process. Start at {@link
 * io.github.sessionferry.testkit.agentengine.FakeAgentEngine}. Thread-safe unless stated.
 */
@NullMarked
package io.github.sessionferry.testkit.agentengine;

import org.jspecify.annotations.NullMarked;
