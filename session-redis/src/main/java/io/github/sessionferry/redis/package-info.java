/** Sessions in Redis. Start at {@link io.github.sessionferry.redis.RedisSessionService}. */
@NullMarked
package io.github.sessionferry.redis;

import org.jspecify.annotations.NullMarked;
