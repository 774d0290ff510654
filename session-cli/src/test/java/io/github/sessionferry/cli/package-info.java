/** Tests of the {@code session} command. */
@NullMarked
package io.github.sessionferry.cli;

import org.jspecify.annotations.NullMarked;
