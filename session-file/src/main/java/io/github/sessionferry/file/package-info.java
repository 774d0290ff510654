/** Sessions in files of a directory. */
@NullMarked
package io.github.sessionferry.file;

import org.jspecify.annotations.NullMarked;
