#!lua flags=no-writes
-- One page of an index, newest first, with the fields of each item.
-- ARGV: kind ('jobs', 'sessions' or 'series'), item key ('job' or 'session'), owner, state (of
-- series: its name), from, to.
-- Reply: 'ok', total, then one list of fields per item.
local function main()
  local ids = key(ARGV[2], ARGV[4], ARGV[5])
  local reply = { 'ok', redis.call('ZCARD', ids) }
  for _, id in ipairs(redis.call('ZREVRANGE', ids, ARGV[6], ARGV[7])) do
    reply[#reply + 1] = redis.call('HGETALL', key(ARGV[3], id))
  end
  return reply
end
