#!lua flags=allow-oom
-- Arguments: session_id. Outcome: ok | missing.
local function main()
  if not live_session(ARGS.session_id) then return reply('missing') end
  delete_session(ARGS.session_id, 'deleted')
  return reply('ok')
end
