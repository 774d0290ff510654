-- Makes a session hold what is given, or a part of its events.
-- KEYS: session, events, order, pending
-- ARGV: now (us), revision to be, revision expected ('' for none: absent), whether this is the last part,
--       life left (ms, '' for ever), pending shared state ('' for none), number of field and value,
--       field, value ..., and for each event: id, document, second, microsecond
local session, events, order, pending = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local now, revision, expected, last, life = tonumber(ARGV[1]), ARGV[2], ARGV[3], ARGV[4] == '1', ARGV[5]
local have = redis.call('HMGET', session, 'revision', 'until', 'born', 'events', 'storing', 'done')
local fields = tonumber(ARGV[7])
local first_event = 8 + fields
local given_events = (#ARGV - first_event + 1) / 4

-- A key of another type fails here, before anything is changed.
local known = redis.call('HLEN', events) + redis.call('ZCARD', order) + redis.call('HLEN', pending)

local present = have[1] and not (have[2] and tonumber(have[2]) <= now)
if present and have[1] == revision then
  return { have[6], tonumber(redis.call('HGET', session, 'added')) }
end
if present and expected == '' and have[3] == revision then
  return { 'CREATED', given_events }
end
if (expected == '' and present) or (expected ~= '' and (not present or have[1] ~= expected)) then
  return { 'CONFLICT', 0 }
end

local outcome = 'UNCHANGED'
if not present then
  if have[1] or known > 0 then
    redis.call('UNLINK', session, events, order, pending)
    have[4] = false
    have[5] = false
  end
  redis.call('HSET', session, 'born', revision)
  outcome = 'CREATED'
end

local count = tonumber(have[4] or '0')
local before = count
for i = first_event, #ARGV, 4 do
  if redis.call('HSETNX', events, ARGV[i], ARGV[i + 1]) == 1 then
    count = count + 1
    redis.call('ZADD', order, ARGV[i + 2], ARGV[i + 3] .. string.format('%012d', count) .. ARGV[i])
  end
end

if last or not present then
  local stale = {}
  if present then
    local current = redis.call('HGETALL', session)
    for i = 1, #current, 2 do
      stale[current[i]] = current[i + 1]
    end
    for _, own in ipairs({ 'born', 'revision', 'events', 'storing', 'done', 'added' }) do
      stale[own] = nil
    end
  end
  for i = 8, 7 + fields, 2 do
    if stale[ARGV[i]] ~= ARGV[i + 1] then
      redis.call('HSET', session, ARGV[i], ARGV[i + 1])
      if outcome == 'UNCHANGED' then outcome = 'UPDATED' end
    end
    stale[ARGV[i]] = nil
  end
  for field in pairs(stale) do
    redis.call('HDEL', session, field)
    outcome = 'UPDATED'
  end
end
if count > before and outcome == 'UNCHANGED' then outcome = 'UPDATED' end
if last and have[5] then
  redis.call('HDEL', session, 'storing')
  outcome = 'UPDATED'
end
if outcome == 'UNCHANGED' then
  return { outcome, 0 }
end

if not last then redis.call('HSET', session, 'storing', '1') end
redis.call('HSET', session, 'revision', revision, 'events', count, 'done', outcome, 'added', count - before)
if ARGV[6] ~= '' then redis.call('HSET', pending, revision, ARGV[6]) end
for _, key in ipairs(KEYS) do
  if life == '' then redis.call('PERSIST', key) else redis.call('PEXPIRE', key, life) end
end
return { outcome, count - before }
