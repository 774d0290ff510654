/**
 * Meters for <a href="https://micrometer.io">Micrometer</a>: calls of stores, a staged service, a migration. They need
 * {@code io.micrometer:micrometer-core}, which this module does not bring with it. The names are listed in
 * {@code docs/operations.md}.
 */
@NullMarked
package io.github.sessionferry.migration.metrics;

import org.jspecify.annotations.NullMarked;
