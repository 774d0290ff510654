-- New web sessions, some at a time: each is put where there is nothing. Nothing is read or hashed of what it would replace.
-- KEYS: for each session ours, then the categories' in the order of NAMES.
-- ARGV: for each session the number of texts of ours, those: field, value …; the number of its categories, at least 1, and
--       for each: its place in NAMES, its latest end (ms since 1970, 0 for none), the number of its texts, those.
-- In front of this text stand the tables NAMES, FORMS ('h' a hash, 's' a string) and LIVES (ms, 0 for ever).
local MOST_AT_ONCE = 1000
local call, KEYS, ARGV = redis.call, KEYS, ARGV

-- A time as Redis takes it, which is costly to write.
local function text(time) return string.format('%.0f', time) end

local time = call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local ends, texts, notes = {}, {}, {}
for i = 1, #NAMES do
  ends[i] = LIVES[i] == 0 and 0 or now + LIVES[i]
  texts[i] = text(ends[i])
  notes[i] = NAMES[i] .. '=' .. texts[i]
end

-- When a category ends: as number, text and note.
local function ending(i, limit)
  limit = tonumber(limit)
  if limit == 0 or (ends[i] > 0 and ends[i] <= limit) then return ends[i], texts[i], notes[i] end
  local limited = text(limit)
  return limit, limited, NAMES[i] .. '=' .. limited
end

local function write(key, first, last)
  for j = first, last, MOST_AT_ONCE do
    call('HSET', key, unpack(ARGV, j, math.min(j + MOST_AT_ONCE - 1, last)))
  end
end

-- Writes a session whose arguments begin at a place, and returns where the next one's do.
local function put(ours, place)
  local first, last = place + 1, place + ARGV[place]
  local noted, longest, longest_text = {}, nil, nil
  place = last + 2
  for n = 1, ARGV[last + 1] do
    local i, to = tonumber(ARGV[place]), place + 2 + ARGV[place + 2]
    local key, time_, text_, note = KEYS[ours + i], ending(i, ARGV[place + 1])
    if FORMS[i] == 'h' then
      write(key, place + 3, to)
      if time_ > 0 then call('PEXPIREAT', key, text_) end
    elseif time_ > 0 then
      call('SET', key, ARGV[to], 'PXAT', text_)
    else
      call('SET', key, ARGV[to])
    end
    if not longest or time_ == 0 or (longest > 0 and time_ > longest) then longest, longest_text = time_, text_ end
    noted[n] = note
    place = to + 1
  end
  ARGV[last + 1], ARGV[last + 2] = 'until', table.concat(noted, ' ')
  write(KEYS[ours], first, last + 2)
  if longest > 0 then call('PEXPIREAT', KEYS[ours], longest_text) end
  return place
end

local function skip(_, place)
  local last = place + ARGV[place]
  place = last + 2
  for _ = 1, ARGV[last + 1] do place = place + 3 + ARGV[place + 2] end
  return place
end

local answer, place = {}, 1
for ours = 1, #KEYS, #NAMES + 1 do
  local free = call('EXISTS', unpack(KEYS, ours, ours + #NAMES)) == 0
  answer[#answer + 1] = free and 1 or 0
  place = (free and put or skip)(ours, place)
end
return answer
