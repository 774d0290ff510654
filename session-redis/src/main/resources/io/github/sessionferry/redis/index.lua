-- Enters a session into its part of the index, and takes out a few that have expired long ago.
-- KEYS: index, expiring
-- ARGV: entry, expiry (ms, '' for none), the expiry before which entries are taken out (ms)
redis.call('ZADD', KEYS[1], 0, ARGV[1])
if ARGV[2] == '' then
  redis.call('ZREM', KEYS[2], ARGV[1])
else
  redis.call('ZADD', KEYS[2], 'GT', ARGV[2], ARGV[1])
end
for _, entry in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', ARGV[3], 'LIMIT', 0, 8)) do
  redis.call('ZREM', KEYS[1], entry)
  redis.call('ZREM', KEYS[2], entry)
end
return { 'DONE' }
