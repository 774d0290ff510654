-- Applies an append's shared state to a scope, key by key where nothing later was written; again: changes nothing more.
-- KEYS: scope
-- ARGV: time (second.microsecond), revision, and for each key: field, value ('' to remove it)
local function later(second, micros, revision, than)
  if not than then
    return true
  end
  local other_second, other_micros, other_revision = string.match(than, '^(%-?%d+)%.(%d+) %S+ (%S+) ')
  if tonumber(second) ~= tonumber(other_second) then
    return tonumber(second) > tonumber(other_second)
  end
  if tonumber(micros) ~= tonumber(other_micros) then
    return tonumber(micros) > tonumber(other_micros)
  end
  return revision > other_revision
end

local second, micros = string.match(ARGV[1], '^(%-?%d+)%.(%d+)$')
for i = 3, #ARGV, 2 do
  if later(second, micros, ARGV[2], redis.call('HGET', KEYS[1], ARGV[i])) then
    redis.call('HSET', KEYS[1], ARGV[i], ARGV[1] .. ' ' .. ARGV[1] .. ' ' .. ARGV[2] .. ' ' .. ARGV[i + 1])
  end
end
return { 'DONE' }
