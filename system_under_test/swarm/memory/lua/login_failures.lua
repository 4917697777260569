#!lua flags=allow-oom
-- Counts failed logins of one account within a minute of the first.
-- At the limit nothing is counted or cleared: many passwords may be checked at the same time, and
-- only as many results are given away as the limit allows.
-- Arguments: account_key, failures_per_minute_max, happened ('look' before a password is checked,
-- 'failed' or 'succeeded').
-- Outcome: ok | limit {retry_ms}.
local function main()
  local counter = key('login_failures', ARGS.account_key)
  local count = tonumber(redis.call('GET', counter) or 0)
  if count >= ARGS.failures_per_minute_max then
    return reply('limit', { retry_ms = redis.call('PTTL', counter) })
  end
  if ARGS.happened == 'succeeded' then
    redis.call('DEL', counter)
  elseif ARGS.happened == 'failed' and redis.call('INCR', counter) == 1 then
    redis.call('PEXPIRE', counter, 60000)
  end
  return reply('ok')
end
