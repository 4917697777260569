-- Every script starts with this file. A script defines main(); _once.lua calls it.
-- KEYS[1] is the event stream. All other keys have the same prefix: its hash tag puts the whole
-- namespace into one cluster slot.
-- ARGV[1] is the request, one JSON object: `settings`, `once` (only when the caller named the
-- operation), `arguments` by name, and `raw`, the names of the texts that follow in ARGV.
local PREFIX = string.sub(KEYS[1], 1, -7)
local REQUEST = cjson.decode(ARGV[1])
local SETTINGS = REQUEST.settings

-- An optional argument that was not given is false. Reading a name that was not sent is an error
-- of the script, not a nil.
-- What users wrote stays a string in here: as JSON, cjson would lose null, empty lists and long
-- numbers.
local ARGS = REQUEST.arguments
for name, value in pairs(ARGS) do
  if value == cjson.null then ARGS[name] = false end
end
for at, name in ipairs(REQUEST.raw) do ARGS[name] = ARGV[at + 1] end
setmetatable(ARGS, {
  __index = function(_, name) error('no argument is named ' .. tostring(name)) end,
})

-- What main() returns: the outcome and values by name, as a flat list like the reply of HGETALL.
-- Not as JSON: cjson cannot tell an empty list from an empty object, and Redis' own reply keeps
-- every string byte for byte.
local function reply(outcome, values)
  local flat = { 'outcome', outcome }
  for name, value in pairs(values or {}) do
    flat[#flat + 1] = name
    flat[#flat + 1] = value
  end
  return flat
end

local function key(...)
  return PREFIX .. table.concat({ ... }, ':')
end

local function now_ms()
  local time = redis.call('TIME')
  return tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
end

local NOW = now_ms()

-- Appends an event. Its data hold only words and numbers of the system itself, because they pass
-- through cjson. The owner is part of it, so that readers can leave out events of other accounts.
local function event(type, data)
  if not data.owner and data.job_id then
    data.owner = redis.call('HGET', key('job', data.job_id), 'owner')
  elseif not data.owner and data.session_id then
    data.owner = redis.call('HGET', key('session', data.session_id), 'owner')
  end
  return redis.call('XADD', KEYS[1], 'MAXLEN', '~', SETTINGS.event_count_max, '*',
    'type', type, 'data', cjson.encode(data))
end

-- Listing indexes: by owner or all ('*'), by state or any ('*'), ordered by creation time.
local function index(kind, id, owner, state, created_ms)
  for _, o in ipairs({ owner, '*' }) do
    redis.call('ZADD', key(kind, o, '*'), created_ms, id)
    redis.call('ZADD', key(kind, o, state), created_ms, id)
  end
end

local function reindex(kind, id, owner, old, new, created_ms)
  for _, o in ipairs({ owner, '*' }) do
    redis.call('ZREM', key(kind, o, old), id)
    redis.call('ZADD', key(kind, o, new), created_ms, id)
  end
end

local function unindex(kind, id, owner, state)
  for _, o in ipairs({ owner, '*' }) do
    redis.call('ZREM', key(kind, o, '*'), id)
    redis.call('ZREM', key(kind, o, state), id)
  end
end
