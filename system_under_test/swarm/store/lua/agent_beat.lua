#!lua flags=allow-oom
-- Registers an agent or notes that it is alive.
-- ARGV: id, type, capabilities, timeout_ms, status ('idle', 'busy'), '1' when it just started.
local function main()
  local id = ARGV[2]
  local agent = key('agent', id)
  local fresh = ARGV[7] == '1' or (redis.call('HGET', agent, 'status') or 'offline') == 'offline'
  redis.call('HSET', agent, 'id', id, 'type', ARGV[3], 'capabilities', ARGV[4],
    'status', ARGV[6], 'seen_ms', NOW)
  redis.call('ZADD', key('agents', 'deadlines'), NOW + tonumber(ARGV[5]), id)
  redis.call('ZADD', key('agents'), 'NX', NOW, id)
  redis.call('ZREM', key('agents', 'offline'), id)
  if fresh then
    redis.call('HSET', agent, 'registered_ms', NOW)
    event('agent_registered', { agent_id = id, type = ARGV[3], capabilities = ARGV[4] })
  else
    event('agent_heartbeat', { agent_id = id, status = ARGV[6] })
  end
  return { 'ok' }
end
