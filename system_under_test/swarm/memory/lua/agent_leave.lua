#!lua flags=allow-oom
-- Records that an agent stops in order. Arguments: agent_id. Outcome: ok.
local function main()
  local id = ARGS.agent_id
  redis.call('ZREM', key('agents', 'deadlines'), id)
  redis.call('HSET', key('agent', id), 'status', 'offline')
  redis.call('ZADD', key('agents', 'offline'), NOW, id)
  event('agent_lost', { agent_id = id, reason = 'stopped' })
  return reply('ok')
end
