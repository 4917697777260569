#!lua flags=allow-oom
-- One tick of the orchestrator; all it knows is in Redis, so any number of them may run.
-- ARGV: how many items of each kind at most, how many ms an agent that is offline is kept.
-- Reply: 'ok', promoted, agents lost, sessions expired, jobs forgotten, agents forgotten.
local function due(set, count, before_ms)
  return redis.call('ZRANGEBYSCORE', set, '-inf', before_ms or NOW, 'LIMIT', 0, count)
end

local function promote(count)
  local tasks = due(key('delayed'), count)
  for _, id in ipairs(tasks) do
    redis.call('ZREM', key('delayed'), id)
    if redis.call('HGET', key('task', id), 'state') == 'queued' then enqueue(id) end
  end
  return #tasks
end

local function lose_agents(count)
  local agents = due(key('agents', 'deadlines'), count)
  for _, id in ipairs(agents) do
    redis.call('ZREM', key('agents', 'deadlines'), id)
    redis.call('HSET', key('agent', id), 'status', 'offline')
    redis.call('ZADD', key('agents', 'offline'), NOW, id)
    event('agent_lost', { agent_id = id, reason = 'missed heartbeats' })
  end
  return #agents
end

local function expire_sessions(count)
  local sessions = due(key('expiring', 'sessions'), count)
  for _, id in ipairs(sessions) do delete_session(id, 'expired') end
  return #sessions
end

local function forget_jobs(count)
  local jobs = due(key('expiring', 'jobs'), count)
  for _, id in ipairs(jobs) do
    local owner, state, tasks, series =
      unpack(redis.call('HMGET', key('job', id), 'owner', 'state', 'task_count', 'series'))
    redis.call('ZREM', key('expiring', 'jobs'), id)
    unindex('jobs', id, owner, state)
    for _, o in ipairs({ owner, '*' }) do redis.call('ZREM', key('series', o, series or ''), id) end
    for number = 0, tonumber(tasks) - 1 do
      local task_id = id .. '-' .. number
      redis.call('DEL', key('task', task_id), key('task', task_id, 'attempts'))
    end
    redis.call('DEL', key('job', id), key('job', id, 'log'))
  end
  return #jobs
end

local function holds_task(id)
  for _, queue in ipairs(redis.call('SMEMBERS', key('queues'))) do
    local held = redis.call('XPENDING', key('queue', queue), GROUP, '-', '+', 1, id)
    if #held > 0 then return true end
  end
  return false
end

-- An agent's consumers go with it. One that holds a task is kept as long again: with its
-- consumer the entry would be gone, and nobody could take the task over.
local function forget_agents(count, kept_ms)
  local forgotten = 0
  for _, id in ipairs(due(key('agents', 'offline'), count, NOW - kept_ms)) do
    if holds_task(id) then
      redis.call('ZADD', key('agents', 'offline'), NOW, id)
    else
      for _, queue in ipairs(redis.call('SMEMBERS', key('queues'))) do
        redis.call('XGROUP', 'DELCONSUMER', key('queue', queue), GROUP, id)
      end
      redis.call('ZREM', key('agents', 'offline'), id)
      redis.call('ZREM', key('agents'), id)
      redis.call('DEL', key('agent', id))
      forgotten = forgotten + 1
    end
  end
  return forgotten
end

local function main()
  local count = tonumber(ARGV[2])
  redis.call('XTRIM', KEYS[1], 'MINID', '~', NOW - HEAD.event_ttl_ms)
  return { 'ok', promote(count), lose_agents(count), expire_sessions(count), forget_jobs(count),
    forget_agents(count, tonumber(ARGV[3])) }
end
