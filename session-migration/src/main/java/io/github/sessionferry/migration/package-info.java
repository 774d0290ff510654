/** Reconciles sessions between two stores. */
@NullMarked
package io.github.sessionferry.migration;

import org.jspecify.annotations.NullMarked;
