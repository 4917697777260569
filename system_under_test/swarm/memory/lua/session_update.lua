#!lua
-- Arguments: session_id, expected_version (decimal text, optional), status, name, metadata (JSON
-- text); those that are not given stay as they are.
-- Outcome: ok {session: its fields} | missing | conflict {version} | ended {state}.
local ENDED = { completed = true, failed = true, cancelled = true }

local function main()
  local id, expected, wanted = ARGS.session_id, ARGS.expected_version, ARGS.status
  if not live_session(id) then return reply('missing') end
  local session = key('session', id)
  local version, status, owner, created =
    unpack(redis.call('HMGET', session, 'version', 'status', 'owner', 'created_ms'))
  if expected and expected ~= version then return reply('conflict', { version = version }) end
  if wanted and wanted ~= status then
    -- Before anything is written: a refused update must change nothing.
    if ENDED[status] then return reply('ended', { state = status }) end
    reindex('sessions', id, owner, status, wanted, created)
  end
  for _, field in ipairs({ 'status', 'name', 'metadata' }) do
    if ARGS[field] then redis.call('HSET', session, field, ARGS[field]) end
  end
  redis.call('HINCRBY', session, 'version', 1)
  redis.call('HSET', session, 'updated_ms', NOW)
  touch_session(id)
  event('session_updated', { session_id = id, status = wanted or status })
  return reply('ok', { session = redis.call('HGETALL', session) })
end
