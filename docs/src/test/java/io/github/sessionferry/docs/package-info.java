/** The examples of the documentation, compiled and run. */
@NullMarked
package io.github.sessionferry.docs;

import org.jspecify.annotations.NullMarked;
