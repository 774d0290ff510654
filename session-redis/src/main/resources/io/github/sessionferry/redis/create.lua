-- New web sessions, some at a time: each is put where there is nothing. Nothing is read or hashed of what it would replace:
-- one command writes a key, lets it end, and refuses to replace.
-- KEYS: for each session ours, then the categories' in the order of NAMES.
-- ARGV: for each key when it ends (ms since 1970, 0 for never) and what RESTORE takes, empty if nothing is to stand there.
-- In front of this text stand the tables NAMES, FORMS and LIVES.
local call, try, KEYS, ARGV = redis.call, redis.pcall, KEYS, ARGV

-- Writes a session whose keys begin at a place, or nothing of it: if there is a key already, or if one cannot be restored,
-- which a server may forbid.
local function put(first)
  local absent, restored = {}, {}
  for i = first, first + #NAMES do
    if ARGV[2 * i] == '' then absent[#absent + 1] = KEYS[i] end
  end
  if #absent > 0 and call('EXISTS', unpack(absent)) > 0 then return 0 end
  for i = first, first + #NAMES do
    if ARGV[2 * i] ~= '' then
      if try('RESTORE', KEYS[i], ARGV[2 * i - 1], ARGV[2 * i], 'ABSTTL').err then
        if #restored > 0 then call('DEL', unpack(restored)) end
        return 0
      end
      restored[#restored + 1] = KEYS[i]
    end
  end
  return 1
end

local answer = {}
for first = 1, #KEYS, #NAMES + 1 do answer[#answer + 1] = put(first) end
return answer
