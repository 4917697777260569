#!lua
-- ARGV: id, expected version or '', then pairs of field and value (status, name, metadata).
-- Reply: 'ok', then the fields | 'missing' | 'conflict', version | 'ended', status.
local ENDED = { completed = true, failed = true, cancelled = true }
local function main()
  local id, expected = ARGV[2], ARGV[3]
  if not live_session(id) then return { 'missing' } end
  local session = key('session', id)
  local version, status, owner, created =
    unpack(redis.call('HMGET', session, 'version', 'status', 'owner', 'created_ms'))
  if expected ~= '' and expected ~= version then return { 'conflict', version } end
  for at = 4, #ARGV, 2 do
    if ARGV[at] == 'status' and ARGV[at + 1] ~= status then
      if ENDED[status] then return { 'ended', status } end
      reindex('sessions', id, owner, status, ARGV[at + 1], created)
    end
    redis.call('HSET', session, ARGV[at], ARGV[at + 1])
  end
  redis.call('HINCRBY', session, 'version', 1)
  redis.call('HSET', session, 'updated_ms', NOW)
  touch_session(id)
  event('session_updated', { session_id = id, status = redis.call('HGET', session, 'status') })
  return { 'ok', unpack(redis.call('HGETALL', session)) }
end
