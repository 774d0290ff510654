-- Appends an event and applies the part of its delta that is the session's own.
-- KEYS: session, events, order, pending
-- ARGV: now (us), revision to be, event id, document, second, microsecond, pending shared state ('' for none),
--       and for each changed key: field, value ('' to remove it)
local session, events, order, pending = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local have = redis.call('HMGET', session, 'revision', 'until', 'updated')
if not have[1] or (have[2] and tonumber(have[2]) <= tonumber(ARGV[1])) then
  return { 'ABSENT' }
end
redis.call('ZCARD', order)
local waiting = redis.call('HGETALL', pending)
if redis.call('HEXISTS', events, ARGV[3]) == 1 then
  return { 'PRESENT', waiting }
end

redis.call('HSET', events, ARGV[3], ARGV[4])
local count = redis.call('HINCRBY', session, 'events', 1)
redis.call('ZADD', order, ARGV[5], ARGV[6] .. string.format('%012d', count) .. ARGV[3])
redis.call('HSET', session, 'revision', ARGV[2])
local second, micros = string.match(have[3], '^(%-?%d+)%.(%d+)$')
if tonumber(ARGV[5]) > tonumber(second)
    or (tonumber(ARGV[5]) == tonumber(second) and tonumber(ARGV[6]) > tonumber(micros)) then
  redis.call('HSET', session, 'updated', ARGV[5] .. '.' .. ARGV[6])
end
for i = 8, #ARGV, 2 do
  if ARGV[i + 1] == '' then
    redis.call('HDEL', session, ARGV[i])
  else
    redis.call('HSET', session, ARGV[i], ARGV[i + 1])
  end
end
if ARGV[7] ~= '' then redis.call('HSET', pending, ARGV[2], ARGV[7]) end
local life = redis.call('PTTL', session)
if life > 0 then
  for i = 2, 4 do redis.call('PEXPIRE', KEYS[i], life) end
end
return { 'APPENDED', waiting }
