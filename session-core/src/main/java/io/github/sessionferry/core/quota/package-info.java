/**
 * Keeps calls to a quota, for those who write stores. Start at {@link io.github.sessionferry.core.quota.CallPacer}.
 * Thread-safe unless stated.
 */
@NullMarked
package io.github.sessionferry.core.quota;

import org.jspecify.annotations.NullMarked;
