/**
 * Measures how fast sessions move, and in how much memory.
 *
 * <p>{@link io.github.sessionferry.benchmarks.Benchmarks} lists and runs the measurements.
 */
@NullMarked
package io.github.sessionferry.benchmarks;

import org.jspecify.annotations.NullMarked;
