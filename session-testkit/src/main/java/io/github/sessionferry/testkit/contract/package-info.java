/**
 * The contract that every store passes, as abstract JUnit suites. Start at {@link
 * io.github.sessionferry.testkit.contract.SessionServiceContract}. Not thread-safe: JUnit makes an instance a test.
 *
 * <p>Needs JUnit Jupiter and AssertJ on the test class path, and for {@link
 * io.github.sessionferry.testkit.contract.SessionServiceProperties} jqwik.
 */
@NullMarked
package io.github.sessionferry.testkit.contract;

import org.jspecify.annotations.NullMarked;
