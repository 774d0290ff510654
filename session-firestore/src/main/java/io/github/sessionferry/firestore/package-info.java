/** Sessions in Firestore. */
@NullMarked
package io.github.sessionferry.firestore;

import org.jspecify.annotations.NullMarked;
