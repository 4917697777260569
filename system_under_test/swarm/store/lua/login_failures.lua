-- Counts failed logins of one account within a minute of the first.
-- ARGV: account key, limit, how many to add (0 only looks), 'clear' after a success.
-- Reply: 'ok' | 'limit', retry_ms.
local function main()
  local counter = key('login_failures', ARGV[2])
  if ARGV[5] == 'clear' then
    redis.call('DEL', counter)
    return { 'ok' }
  end
  local count = redis.call('INCRBY', counter, ARGV[4])
  local left = redis.call('PTTL', counter)
  if left < 0 then
    left = 60000
    redis.call('PEXPIRE', counter, left)
  end
  if count >= tonumber(ARGV[3]) and ARGV[4] == '0' then return { 'limit', left } end
  return { 'ok' }
end
