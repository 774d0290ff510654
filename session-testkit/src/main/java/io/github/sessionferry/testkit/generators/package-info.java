/**
 * Sessions to test with: chosen samples in {@link io.github.sessionferry.testkit.generators.SessionSamples}.
 */
@NullMarked
package io.github.sessionferry.testkit.generators;

import org.jspecify.annotations.NullMarked;
