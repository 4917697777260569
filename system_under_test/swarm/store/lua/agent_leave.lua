#!lua flags=allow-oom
-- An agent that stops in order. ARGV: id.
local function main()
  redis.call('ZREM', key('agents', 'deadlines'), ARGV[2])
  redis.call('HSET', key('agent', ARGV[2]), 'status', 'offline')
  redis.call('ZADD', key('agents', 'offline'), NOW, ARGV[2])
  event('agent_lost', { agent_id = ARGV[2], reason = 'stopped' })
  return { 'ok' }
end
