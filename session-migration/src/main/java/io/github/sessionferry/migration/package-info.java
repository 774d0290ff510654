/**
 * Moves sessions from one store to another and proves that they arrived.
 *
 * <p>{@link io.github.sessionferry.migration.Reconciler} is the one operation that moves a session;
 * {@link io.github.sessionferry.migration.Migrator} does it to a whole store,
 * {@link io.github.sessionferry.migration.Validator} compares two stores, and
 * {@link io.github.sessionferry.migration.Reports} writes down what they found.
 */
@NullMarked
package io.github.sessionferry.migration;

import org.jspecify.annotations.NullMarked;
