#!lua
-- Compare-and-set of one context value.
-- Arguments: session_id, key, value (JSON text), expected_version (decimal text, optional; '0'
-- expects that there is no value yet).
-- Outcome: ok {version} | missing (the session) | conflict {version: the current one}.
local function main()
  local id, name, expected = ARGS.session_id, ARGS.key, ARGS.expected_version
  if not live_session(id) then return reply('missing') end
  local versions = key('session', id, 'versions')
  local version = redis.call('HGET', versions, name) or '0'
  if expected and expected ~= version then return reply('conflict', { version = version }) end
  local new = redis.call('HINCRBY', versions, name, 1)
  redis.call('HSET', key('session', id, 'values'), name, ARGS.value)
  touch_session(id)
  event('context_updated', { session_id = id, key = name, version = new })
  return reply('ok', { version = tostring(new) })
end
