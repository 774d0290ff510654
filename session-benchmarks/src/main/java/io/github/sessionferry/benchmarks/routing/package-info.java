/** JMH benchmarks of what is done to every session and event. */
@NullMarked
package io.github.sessionferry.benchmarks.routing;

import org.jspecify.annotations.NullMarked;
