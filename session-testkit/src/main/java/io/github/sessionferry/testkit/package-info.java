/** An in-memory store, fakes, fault injection and the contract that every store passes. */
@NullMarked
package io.github.sessionferry.testkit;

import org.jspecify.annotations.NullMarked;
