/** What packages of this module share; not for use elsewhere. */
@NullMarked
package io.github.sessionferry.testkit.internal;

import org.jspecify.annotations.NullMarked;
