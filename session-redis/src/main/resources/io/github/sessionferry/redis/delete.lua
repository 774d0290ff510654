-- Deletes a session.
-- KEYS: session, events, order, pending
-- ARGV: now (us), born, revision ('' for any)
local have = redis.call('HMGET', KEYS[1], 'revision', 'until', 'born')
if not have[1] or (have[2] and tonumber(have[2]) <= tonumber(ARGV[1])) then
  return { 'ABSENT' }
end
if have[3] ~= ARGV[2] then
  return { 'OTHER' }
end
if ARGV[3] ~= '' and have[1] ~= ARGV[3] then
  return { 'CONFLICT' }
end
if redis.call('EXISTS', KEYS[4]) == 1 then
  return { 'PENDING' }
end
redis.call('UNLINK', KEYS[1], KEYS[2], KEYS[3])
return { 'DELETED' }
