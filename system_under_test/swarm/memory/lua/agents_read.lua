#!lua flags=no-writes
-- No arguments. Outcome: ok {agents: the fields of each, oldest first}.
local function main()
  local agents = {}
  for _, id in ipairs(redis.call('ZRANGE', key('agents'), 0, -1)) do
    agents[#agents + 1] = redis.call('HGETALL', key('agent', id))
  end
  return reply('ok', { agents = agents })
end
