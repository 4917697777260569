#!lua flags=no-writes
-- Arguments: session_id. Outcome: ok {session: its fields} | missing.
local function main()
  if not live_session(ARGS.session_id) then return reply('missing') end
  return reply('ok', { session = redis.call('HGETALL', key('session', ARGS.session_id)) })
end
