/** Redis for tests: {@link io.github.sessionferry.testkit.redis.RedisServer} starts a real server of its own. Not thread-safe. */
@NullMarked
package io.github.sessionferry.testkit.redis;

import org.jspecify.annotations.NullMarked;
