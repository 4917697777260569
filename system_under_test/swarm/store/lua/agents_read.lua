#!lua flags=no-writes
-- Reply: 'ok', then one list of fields per agent, oldest first.
local function main()
  local reply = { 'ok' }
  for _, id in ipairs(redis.call('ZRANGE', key('agents'), 0, -1)) do
    reply[#reply + 1] = redis.call('HGETALL', key('agent', id))
  end
  return reply
end
