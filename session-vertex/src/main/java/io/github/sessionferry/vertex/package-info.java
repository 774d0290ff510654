/** Sessions in Vertex AI Agent Engine. */
@NullMarked
package io.github.sessionferry.vertex;

import org.jspecify.annotations.NullMarked;
