#!lua
-- Arguments: session_id, owner, name, metadata (JSON text), ttl_ms.
-- Outcome: ok {session: its fields}.
local function main()
  local id, owner = ARGS.session_id, ARGS.owner
  local session = key('session', id)
  redis.call('HSET', session, 'id', id, 'owner', owner, 'name', ARGS.name,
    'metadata', ARGS.metadata, 'status', 'initializing', 'version', 1, 'ttl_ms', ARGS.ttl_ms,
    'created_ms', NOW, 'updated_ms', NOW)
  touch_session(id)
  index('sessions', id, owner, 'initializing', NOW)
  event('session_created', { session_id = id, owner = owner })
  return reply('ok', { session = redis.call('HGETALL', session) })
end
