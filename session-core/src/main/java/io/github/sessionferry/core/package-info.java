/** The session model, the SPI that every store implements, and the rollout policy. */
@NullMarked
package io.github.sessionferry.core;

import org.jspecify.annotations.NullMarked;
