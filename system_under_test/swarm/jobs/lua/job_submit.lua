#!lua
-- Arguments: job_id, owner, name, parameters (JSON text), active_jobs_max, ttl_ms,
-- series ('' for none; jobs of one series can be listed together), tasks.
-- A task is {name, type, parameters (JSON text), priority, capabilities (list), timeout_ms,
-- max_retries, dependencies, dependants}. The last two are lists of the tasks' numbers, from 0.
-- Outcome: ok {job_id} | limit {active}.
local function create_task(job_id, number, task)
  local task_id = job_id .. '-' .. number
  local waiting = #task.dependencies
  redis.call('HSET', key('task', task_id), 'id', task_id, 'job', job_id, 'name', task.name,
    'type', task.type, 'parameters', task.parameters, 'priority', task.priority,
    'capabilities', table.concat(task.capabilities, ','), 'timeout_ms', task.timeout_ms,
    'max_retries', task.max_retries, 'dependencies', table.concat(task.dependencies, ' '),
    'dependants', table.concat(task.dependants, ' '), 'waiting', waiting,
    'state', 'queued', 'token', 0, 'failures', 0, 'losses', 0, 'fraction', 0)
  if waiting == 0 then enqueue(task_id) end
end

local function main()
  local id, owner, series = ARGS.job_id, ARGS.owner, ARGS.series
  local active = redis.call('SCARD', key('active', owner))
  if active >= ARGS.active_jobs_max then return reply('limit', { active = active }) end
  local count = #ARGS.tasks
  redis.call('HSET', key('job', id), 'id', id, 'owner', owner, 'name', ARGS.name,
    'parameters', ARGS.parameters, 'state', 'queued', 'stage', 'initialization', 'progress', 0,
    'created_ms', NOW, 'ttl_ms', ARGS.ttl_ms, 'task_count', count, 'tasks_completed', 0,
    'tasks_failed', 0, 'units', 0, 'series', series)
  redis.call('SADD', key('active', owner), id)
  index('jobs', id, owner, 'queued', NOW)
  if series ~= '' then
    for _, o in ipairs({ owner, '*' }) do redis.call('ZADD', key('series', o, series), NOW, id) end
  end
  event('job_created', { job_id = id, owner = owner, name = ARGS.name })
  stage(id, 'agent_deployment', 5)
  log(id, 'info', 'job accepted with ' .. count .. ' tasks')
  for at, task in ipairs(ARGS.tasks) do create_task(id, at - 1, task) end
  return reply('ok', { job_id = id })
end
