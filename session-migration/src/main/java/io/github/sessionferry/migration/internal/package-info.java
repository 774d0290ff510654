/** What the packages of this module share; not for others. */
@NullMarked
package io.github.sessionferry.migration.internal;

import org.jspecify.annotations.NullMarked;
