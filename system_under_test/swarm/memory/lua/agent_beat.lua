#!lua flags=allow-oom
-- Registers an agent, or records that it is alive.
-- Arguments: agent_id, type, capabilities (list), valid_ms (until it counts as lost),
-- status ('idle', 'busy'), starting (whether the process has just started).
-- Outcome: ok.
local function main()
  local id = ARGS.agent_id
  local agent = key('agent', id)
  local capabilities = table.concat(ARGS.capabilities, ',')
  local fresh = ARGS.starting or (redis.call('HGET', agent, 'status') or 'offline') == 'offline'
  redis.call('HSET', agent, 'id', id, 'type', ARGS.type, 'capabilities', capabilities,
    'status', ARGS.status, 'seen_ms', NOW)
  redis.call('ZADD', key('agents', 'deadlines'), NOW + ARGS.valid_ms, id)
  redis.call('ZADD', key('agents'), 'NX', NOW, id)
  redis.call('ZREM', key('agents', 'offline'), id)
  if fresh then
    redis.call('HSET', agent, 'registered_ms', NOW)
    event('agent_registered', { agent_id = id, type = ARGS.type, capabilities = capabilities })
  else
    event('agent_heartbeat', { agent_id = id, status = ARGS.status })
  end
  return reply('ok')
end
