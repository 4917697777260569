#!lua flags=no-writes
-- ARGV: id. Reply: 'ok', then the fields | 'missing'.
local function main()
  if not live_session(ARGV[2]) then return { 'missing' } end
  return { 'ok', unpack(redis.call('HGETALL', key('session', ARGV[2]))) }
end
