#!lua flags=allow-oom
-- Revokes a token for the rest of its life. Arguments: token_id, left_ms. Outcome: ok.
local function main()
  redis.call('SET', key('revoked', ARGS.token_id), '1', 'PX', ARGS.left_ms)
  return reply('ok')
end
