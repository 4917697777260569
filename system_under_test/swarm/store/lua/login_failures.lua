#!lua flags=allow-oom
-- Counts failed logins of one account within a minute of the first.
-- ARGV: account key, limit, what happened: 'look' (before a password is checked), 'failed' or
-- 'succeeded'. At the limit nothing is counted or cleared: many passwords may be checked at once,
-- and only as many outcomes are told as the limit allows.
-- Reply: 'ok' | 'limit', retry_ms.
local function main()
  local counter = key('login_failures', ARGV[2])
  local count = tonumber(redis.call('GET', counter) or 0)
  if count >= tonumber(ARGV[3]) then
    return { 'limit', redis.call('PTTL', counter) }
  end
  if ARGV[4] == 'succeeded' then
    redis.call('DEL', counter)
  elseif ARGV[4] == 'failed' and redis.call('INCR', counter) == 1 then
    redis.call('PEXPIRE', counter, 60000)
  end
  return { 'ok' }
end
