-- Shared by every operation. Each defines main(); _once.lua calls it.
-- KEYS[1] is the event stream; every other key has the same prefix, whose hash tag
-- puts the whole namespace into one slot.
-- ARGV[1] is the head (settings, and the operation id where there is one).
local PREFIX = string.sub(KEYS[1], 1, -7)
local HEAD = cjson.decode(ARGV[1])

local function key(...)
  return PREFIX .. table.concat({ ... }, ':')
end

local function now_ms()
  local time = redis.call('TIME')
  return tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
end

local NOW = now_ms()

-- Values of users never pass through cjson (it loses null, empty lists and long numbers):
-- they stay strings. Event data holds our own words and numbers only.
-- The owner goes along, so that readers can leave out what is not theirs.
local function event(type, data)
  if not data.owner and data.job_id then
    data.owner = redis.call('HGET', key('job', data.job_id), 'owner')
  elseif not data.owner and data.session_id then
    data.owner = redis.call('HGET', key('session', data.session_id), 'owner')
  end
  return redis.call('XADD', KEYS[1], 'MAXLEN', '~', HEAD.event_count_max, '*',
    'type', type, 'data', cjson.encode(data))
end

-- Listing indexes: by owner or all ('*'), by state or any ('*'), ordered by creation.
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

local function delete_session(id, reason)
  local session = key('session', id)
  local owner, status = unpack(redis.call('HMGET', session, 'owner', 'status'))
  redis.call('ZREM', key('expiring', 'sessions'), id)
  if not owner then return false end
  unindex('sessions', id, owner, status)
  redis.call('DEL', session, key('session', id, 'values'), key('session', id, 'versions'))
  event('session_deleted', { session_id = id, reason = reason, owner = owner })
  return true
end

-- A session past its deadline is gone, whether or not the sweeper has been there.
local function live_session(id)
  local deadline = redis.call('HGET', key('session', id), 'expires_ms')
  return deadline and tonumber(deadline) > NOW
end

local function touch_session(id)
  local session = key('session', id)
  local deadline = NOW + tonumber(redis.call('HGET', session, 'ttl_ms'))
  redis.call('HSET', session, 'expires_ms', deadline)
  redis.call('ZADD', key('expiring', 'sessions'), deadline, id)
end
