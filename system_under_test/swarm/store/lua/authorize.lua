#!lua flags=allow-oom
-- Whether a token still counts, and the account's request rate in this minute.
-- ARGV: token id, account id, limit per minute. Reply: 'ok' | 'revoked' | 'limit', retry_ms.
local function main()
  if redis.call('EXISTS', key('revoked', ARGV[2])) == 1 then return { 'revoked' } end
  local window = key('rate', ARGV[3], tostring(math.floor(NOW / 60000)))
  local count = redis.call('INCR', window)
  if count == 1 then redis.call('PEXPIRE', window, 61000) end
  if count > tonumber(ARGV[4]) then return { 'limit', 60000 - NOW % 60000 } end
  return { 'ok' }
end
