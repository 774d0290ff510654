-- One web session: a key for each category, and one hash of ours with what the categories have no place for.
-- KEYS: ours, then the categories' in the order of NAMES.
-- In front of this text stand the tables NAMES, FORMS ('h' a hash, 's' a string) and LIVES (ms, 0 for ever).
local ours = KEYS[1]
local MOST_AT_ONCE = 1000

local function clock()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

-- When a key ends, in ms since 1970; 0 for never. Exact: if the clock ticks between the two calls they are made again.
local function ends(key)
  while true do
    local before = clock()
    local left = redis.call('PTTL', key)
    if left < 0 then return 0 end
    if clock() == before then return before + left end
  end
end

local function read(i)
  if FORMS[i] == 'h' then return redis.call('HGETALL', KEYS[i + 1]) end
  local value = redis.call('GET', KEYS[i + 1])
  return value and { '', value } or {}
end

local function lines(name, pairs_)
  local found = {}
  for j = 1, #pairs_, 2 do
    if name ~= '' or pairs_[j] ~= 'until' then
      found[#found + 1] = #pairs_[j] .. ':' .. pairs_[j] .. #pairs_[j + 1] .. ':' .. pairs_[j + 1]
    end
  end
  table.sort(found)
  return #found == 0 and '' or #found .. '[' .. name .. ']' .. table.concat(found)
end

-- The revision: of everything but how long it lives; empty if there is nothing.
local function digest(details, parts)
  local text = lines('', details)
  for i = 1, #NAMES do text = text .. lines(NAMES[i], parts[i]) end
  return text == '' and '' or redis.sha1hex(text)
end

local function slice(list, first, last)
  local taken = {}
  for j = first, last do taken[#taken + 1] = list[j] end
  return taken
end

local function write(key, pairs_)
  for j = 1, #pairs_, MOST_AT_ONCE do
    redis.call('HSET', key, unpack(pairs_, j, math.min(j + MOST_AT_ONCE - 1, #pairs_)))
  end
end

local function live(key, ending)
  if ending == 0 then redis.call('PERSIST', key) else redis.call('PEXPIREAT', key, ending) end
end

local function sooner(a, b)
  if a == 0 then return b end
  if b == 0 then return a end
  return math.min(a, b)
end

-- How long a session lives that has nothing in any category: as the longest of them.
local function longest_life(now)
  local longest = 1
  for i = 1, #NAMES do
    if LIVES[i] == 0 then return 0 end
    longest = math.max(longest, now + LIVES[i])
  end
  return longest
end

-- Writes the hash of ours, notes when each category ends, so that a refresh by others shows, and lets it live as long as
-- the longest of them.
local function settle(details, ending, now, latest)
  redis.call('DEL', ours)
  if #details == 0 then return end
  local notes, longest = {}, nil
  for i = 1, #NAMES do
    if ending[i] then
      notes[#notes + 1] = NAMES[i] .. '=' .. ending[i]
      longest = longest == 0 and 0 or ending[i] == 0 and 0 or math.max(longest or 0, ending[i])
    end
  end
  write(ours, details)
  redis.call('HSET', ours, 'until', table.concat(notes, ' '))
  for j = 1, #details, 2 do
    if string.sub(details[j], 1, 6) == 'other:' then
      live(ours, longest_life(now))
      return
    end
  end
  live(ours, longest or sooner(longest_life(now), latest))
end

-- ARGV: 'find'
local function find()
  local details, parts, answer = redis.call('HGETALL', ours), {}, {}
  for i = 1, #NAMES do
    parts[i] = read(i)
    answer[2 * i - 1] = parts[i]
    answer[2 * i] = #parts[i] > 0 and ends(KEYS[i + 1]) or 0
  end
  return { digest(details, parts), clock(), details, unpack(answer) }
end

-- ARGV: 'swap', revision expected ('' for nothing there), 1 if it may have been done already,
--       latest end of everything (ms, 0 for none), 1 to leave the categories as they are,
--       number of texts, then field, value … of ours, and for each category the same after its latest end (ms, 0 for none)
local function swap()
  local expected, again, latest, keep = ARGV[2], ARGV[3] == '1', tonumber(ARGV[4]), ARGV[5] == '1'
  local place = 6
  local function take()
    local count = tonumber(ARGV[place])
    local taken = slice(ARGV, place + 1, place + count)
    place = place + count + 1
    return taken
  end
  local details, given, limits = take(), {}, {}
  for i = 1, #NAMES do
    limits[i] = tonumber(ARGV[place])
    place = place + 1
    given[i] = take()
  end
  local present = {}
  for i = 1, #NAMES do present[i] = read(i) end
  local current = digest(redis.call('HGETALL', ours), present)
  if keep then given = present end
  local desired = digest(details, given)
  if current ~= expected then
    return { again and current == desired and 'DONE' or 'CONFLICT', desired }
  end

  local now = clock()
  local ending = {}
  for i = 1, #NAMES do
    if keep then
      if #given[i] > 0 then ending[i] = ends(KEYS[i + 1]) end
    else
      if #present[i] > 0 then redis.call('DEL', KEYS[i + 1]) end
      if #given[i] > 0 then
        local own = LIVES[i] == 0 and 0 or now + LIVES[i]
        ending[i] = sooner(own, sooner(limits[i], latest))
        if FORMS[i] == 's' then
          redis.call('SET', KEYS[i + 1], given[i][2])
        else
          write(KEYS[i + 1], given[i])
        end
        live(KEYS[i + 1], ending[i])
      end
    end
  end
  settle(details, ending, now, latest)
  return { 'DONE', desired }
end

-- ARGV: 'append', place of the user's category (0 for none), the user's field, its text ('' for none), 1 if it has one,
--       the update time, the latest end of everything (ms, 0 for none),
--       number of fields that go, those, then for each category: number of texts, field, value …
local function append()
  local details, present = redis.call('HGETALL', ours), {}
  for i = 1, #NAMES do present[i] = read(i) end
  if digest(details, present) == '' then return { 'OTHER' } end
  local user = tonumber(ARGV[2])
  if user > 0 then
    local text = FORMS[user] == 'h' and redis.call('HGET', KEYS[user + 1], ARGV[3]) or redis.call('GET', KEYS[user + 1])
    if (text and '1' or '0') ~= ARGV[5] or (text or '') ~= ARGV[4] then return { 'OTHER' } end
  end
  local now, latest = clock(), tonumber(ARGV[7])
  local place = 9 + tonumber(ARGV[8])
  local goes = slice(ARGV, 9, place - 1)
  local ending, touched = {}, {}
  for i = 1, #NAMES do
    if FORMS[i] == 'h' then
      for _, field in ipairs(goes) do
        if redis.call('HDEL', KEYS[i + 1], field) > 0 then touched[i] = true end
      end
    end
    local count = tonumber(ARGV[place])
    if count > 0 then
      local given = slice(ARGV, place + 1, place + count)
      if FORMS[i] == 's' then
        if given[1] == '' then redis.call('SET', KEYS[i + 1], given[2]) else redis.call('DEL', KEYS[i + 1]) end
      else
        write(KEYS[i + 1], given)
      end
      touched[i] = true
    end
    place = place + count + 1
    if touched[i] and redis.call('EXISTS', KEYS[i + 1]) == 1 then
      ending[i] = sooner(LIVES[i] == 0 and 0 or now + LIVES[i], latest)
      live(KEYS[i + 1], ending[i])
    elseif not touched[i] and #present[i] > 0 then
      ending[i] = ends(KEYS[i + 1])
    end
  end
  local rest = { 'updated', ARGV[6] }
  for j = 1, #details, 2 do
    if details[j] == 'updated' then
      if (tonumber(details[j + 1]) or 0) > tonumber(ARGV[6]) then rest[2] = details[j + 1] end
    elseif details[j] ~= 'until' then
      rest[#rest + 1] = details[j]
      rest[#rest + 1] = details[j + 1]
    end
  end
  settle(rest, ending, now, latest)
  return { 'APPENDED' }
end

local operations = { find = find, swap = swap, append = append }
return operations[ARGV[1]]()
