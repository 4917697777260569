-- What several scripts do with sessions.
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

-- A session past its deadline does not exist any more, also before the sweep deletes it.
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
