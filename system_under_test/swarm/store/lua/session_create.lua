#!lua
-- ARGV: id, owner, name, metadata (JSON text), ttl_ms. Reply: 'ok', then the fields.
local function main()
  local id, owner = ARGV[2], ARGV[3]
  local session = key('session', id)
  redis.call('HSET', session, 'id', id, 'owner', owner, 'name', ARGV[4], 'metadata', ARGV[5],
    'status', 'initializing', 'version', 1, 'ttl_ms', ARGV[6], 'created_ms', NOW,
    'updated_ms', NOW)
  touch_session(id)
  index('sessions', id, owner, 'initializing', NOW)
  event('session_created', { session_id = id, owner = owner })
  return { 'ok', unpack(redis.call('HGETALL', session)) }
end
