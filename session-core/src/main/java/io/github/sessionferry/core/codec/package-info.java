/**
 * How sessions and their values are written into stores that have fewer types: {@link
 * io.github.sessionferry.core.codec.ValueEncoding} for values, {@link io.github.sessionferry.core.codec.EventDocument}
 * and {@link io.github.sessionferry.core.codec.SessionDocument} for events and sessions, {@link
 * io.github.sessionferry.core.codec.Json} for their text.
 */
@NullMarked
package io.github.sessionferry.core.codec;

import org.jspecify.annotations.NullMarked;
