/**
 * Sessions and where they are kept: the model, and {@link io.github.sessionferry.core.SessionService}, which every store
 * implements. Start at {@link io.github.sessionferry.core.SessionStores#open}.
 */
@NullMarked
package io.github.sessionferry.core;

import org.jspecify.annotations.NullMarked;
