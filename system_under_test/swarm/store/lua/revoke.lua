#!lua flags=allow-oom
-- Revokes a token for the rest of its life. ARGV: token id, milliseconds.
local function main()
  redis.call('SET', key('revoked', ARGV[2]), '1', 'PX', ARGV[3])
  return { 'ok' }
end
