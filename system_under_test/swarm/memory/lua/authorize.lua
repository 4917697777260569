#!lua flags=allow-oom
-- Checks that a token is not revoked, and counts the account's requests in this minute.
-- Arguments: token_id, account_id, requests_per_minute_max.
-- Outcome: ok | revoked | limit {retry_ms}.
local function main()
  if redis.call('EXISTS', key('revoked', ARGS.token_id)) == 1 then return reply('revoked') end
  local window = key('rate', ARGS.account_id, tostring(math.floor(NOW / 60000)))
  local count = redis.call('INCR', window)
  if count == 1 then redis.call('PEXPIRE', window, 61000) end
  if count > ARGS.requests_per_minute_max then
    return reply('limit', { retry_ms = 60000 - NOW % 60000 })
  end
  return reply('ok')
end
