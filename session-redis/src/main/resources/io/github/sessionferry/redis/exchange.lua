-- Sets fields if all of them still are as they were read.
-- KEYS: scope
-- ARGV: for each field: name, value read ('' for none), new value
for i = 1, #ARGV, 3 do
  local current = redis.call('HGET', KEYS[1], ARGV[i]) or ''
  if current ~= ARGV[i + 1] and current ~= ARGV[i + 2] then
    return { 'CONFLICT' }
  end
end
for i = 1, #ARGV, 3 do
  redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 2])
end
return { 'DONE' }
