-- Reads a session and its newest events, or a further page of them.
-- KEYS: session, events, order, pending
-- ARGV: now (us), least second, events wanted, events to pass over, most bytes, born ('' for the first page)
local session, events, order, pending = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local have = redis.call('HMGET', session, 'revision', 'until', 'born', 'events')
if not have[1] or (have[2] and tonumber(have[2]) <= tonumber(ARGV[1])) then
  return { 'ABSENT' }
end
if ARGV[6] ~= '' and ARGV[6] ~= have[3] then
  return { 'ABSENT' }
end
local count = tonumber(have[4])
if redis.call('HLEN', events) ~= count or redis.call('ZCARD', order) ~= count then
  return { 'TORN' }
end

local members = {}
if ARGV[3] ~= '0' then
  members = redis.call('ZREVRANGEBYSCORE', order, '+inf', ARGV[2], 'LIMIT', ARGV[4], ARGV[3])
end
local found, bytes = {}, 0
for _, member in ipairs(members) do
  local document = redis.call('HGET', events, string.sub(member, 19))
  if not document then
    return { 'TORN' }
  end
  found[#found + 1] = string.sub(member, 7, 18)
  found[#found + 1] = document
  bytes = bytes + #document
  if bytes >= tonumber(ARGV[5]) then
    break
  end
end
if ARGV[6] ~= '' then
  return { 'FOUND', found }
end
return { 'FOUND', found, redis.call('HGETALL', session), redis.call('HGETALL', pending) }
