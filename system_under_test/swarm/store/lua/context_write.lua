#!lua
-- Compare-and-set of one context value.
-- ARGV: session id, key, value (JSON text), expected version or ''; 0 expects no value yet.
-- Reply: 'ok', version | 'missing' | 'conflict', current version.
local function main()
  local id, name, value, expected = ARGV[2], ARGV[3], ARGV[4], ARGV[5]
  if not live_session(id) then return { 'missing' } end
  local versions = key('session', id, 'versions')
  local version = redis.call('HGET', versions, name) or '0'
  if expected ~= '' and expected ~= version then return { 'conflict', version } end
  local new = redis.call('HINCRBY', versions, name, 1)
  redis.call('HSET', key('session', id, 'values'), name, value)
  touch_session(id)
  event('context_updated', { session_id = id, key = name, version = new })
  return { 'ok', tostring(new) }
end
