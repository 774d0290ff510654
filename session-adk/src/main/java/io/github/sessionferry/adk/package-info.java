/**
 * Sessions of the Agent Development Kit for Java in any store. Start at {@link
 * io.github.sessionferry.adk.SessionFerryService}.
 */
@NullMarked
package io.github.sessionferry.adk;

import org.jspecify.annotations.NullMarked;
