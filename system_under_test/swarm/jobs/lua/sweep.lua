#!lua flags=allow-oom
-- One tick of the orchestrator. All state is in Redis, so any number of orchestrators may run.
-- Arguments: items_max (of each kind), offline_agent_kept_ms.
-- Outcome: ok {promoted, agents_lost, sessions_expired, jobs_deleted, agents_deleted}.
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

local function delete_jobs(count)
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

-- Deletes agents that have long been offline, with their consumers. An agent that still holds a
-- task is kept for the same time again: deleting its consumer would delete the pending entry, and
-- no other agent could take the task over.
local function delete_agents(count, kept_ms)
  local deleted = 0
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
      deleted = deleted + 1
    end
  end
  return deleted
end

local function main()
  local count = ARGS.items_max
  redis.call('XTRIM', KEYS[1], 'MINID', '~', NOW - SETTINGS.event_ttl_ms)
  return reply('ok', {
    promoted = promote(count),
    agents_lost = lose_agents(count),
    sessions_expired = expire_sessions(count),
    jobs_deleted = delete_jobs(count),
    agents_deleted = delete_agents(count, ARGS.offline_agent_kept_ms),
  })
end
