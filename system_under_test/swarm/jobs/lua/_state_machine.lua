-- The state machine of jobs and tasks: what several scripts of the queue do.
local GROUP = 'agents'
-- A task fails after this many lost leases.
local LOSSES_MAX = 10
local LOG_LINES_MAX = 1000
-- Progress: initialization 5, agent_deployment 10, task_distribution 5, execution 70,
-- result_aggregation 5, cleanup 3, completed 2.
local EXECUTION_STARTS, EXECUTION_SPAN = 20, 70
local TERMINAL = { completed = true, failed = true, cancelled = true, skipped = true }

local function log(job_id, level, message, task)
  local line = redis.call('XADD', key('job', job_id, 'log'), 'MAXLEN', '~', LOG_LINES_MAX, '*',
    'level', level, 'message', message, 'task', task or '')
  -- The event has the line's id, so that a client that reads both shows each line once.
  event('job_log', { job_id = job_id, line_id = line, level = level, message = message,
    task = task or '' })
end

local function stage(job_id, name, progress)
  redis.call('HSET', key('job', job_id), 'stage', name, 'progress', progress)
  event('job_stage', { job_id = job_id, stage = name, progress = progress })
end

local function enqueue(task_id)
  local task = key('task', task_id)
  local priority, capabilities = unpack(redis.call('HMGET', task, 'priority', 'capabilities'))
  local queue = priority .. ':' .. capabilities
  local stream = key('queue', queue)
  if redis.call('SADD', key('queues'), queue) == 1 then
    redis.pcall('XGROUP', 'CREATE', stream, GROUP, '0', 'MKSTREAM')
  end
  local entry = redis.call('XADD', stream, '*', 'task', task_id)
  redis.call('HSET', task, 'state', 'queued', 'queue', queue, 'entry', entry)
  redis.call('PUBLISH', key('wake'), queue)
end

local function dequeue(task_id)
  local task = key('task', task_id)
  local queue, entry = unpack(redis.call('HMGET', task, 'queue', 'entry'))
  redis.call('ZREM', key('delayed'), task_id)
  if entry and entry ~= '' then
    redis.call('XACK', key('queue', queue), GROUP, entry)
    redis.call('XDEL', key('queue', queue), entry)
    redis.call('HSET', task, 'entry', '')
  end
end

-- Raises a task's own fraction (0..1000) and with it the job's progress. Neither ever falls.
local function advance(task_id, job_id, fraction)
  local task, job = key('task', task_id), key('job', job_id)
  local before = tonumber(redis.call('HGET', task, 'fraction') or '0')
  if fraction <= before then return end
  redis.call('HSET', task, 'fraction', fraction)
  local units = redis.call('HINCRBY', job, 'units', fraction - before)
  local count, done = unpack(redis.call('HMGET', job, 'task_count', 'tasks_completed'))
  local share = units / (1000 * tonumber(count))
  local progress = EXECUTION_STARTS + math.floor(EXECUTION_SPAN * share * 10) / 10
  redis.call('HSET', job, 'progress', string.format('%.1f', progress))
  event('progress_update', { job_id = job_id, progress = progress, stage = 'execution',
    tasks_completed = tonumber(done), tasks_total = tonumber(count) })
end

local function note_attempt(task_id, outcome, reason)
  local agent, started = unpack(redis.call('HMGET', key('task', task_id), 'agent', 'started_ms'))
  redis.call('RPUSH', key('task', task_id, 'attempts'), cjson.encode({
    agent_id = agent, outcome = outcome, error = reason, started_ms = tonumber(started),
    ended_ms = NOW }))
end

local function close_job(job_id, state, reason)
  local job = key('job', job_id)
  local owner, before, created, ttl =
    unpack(redis.call('HMGET', job, 'owner', 'state', 'created_ms', 'ttl_ms'))
  reindex('jobs', job_id, owner, before, state, created)
  redis.call('SREM', key('active', owner), job_id)
  redis.call('ZADD', key('expiring', 'jobs'), NOW + tonumber(ttl), job_id)
  redis.call('HSET', job, 'state', state, 'finished_ms', NOW, 'error', reason or '')
  log(job_id, state == 'completed' and 'info' or 'error',
    'job ' .. state .. (reason and (': ' .. reason) or ''))
  event('job_' .. state, { job_id = job_id, state = state, error = reason or '',
    progress = tonumber(redis.call('HGET', job, 'progress')) })
end

-- Ends a job before all its tasks have ended. Running tasks are cancelled: their token is raised,
-- so that a late result is refused. Waiting tasks are skipped or cancelled.
local function abort_job(job_id, state, reason)
  local count = tonumber(redis.call('HGET', key('job', job_id), 'task_count'))
  for number = 0, count - 1 do
    local task_id = job_id .. '-' .. number
    local task = key('task', task_id)
    local now = redis.call('HGET', task, 'state')
    if not TERMINAL[now] then
      dequeue(task_id)
      local running = now == 'in_progress'
      if running then
        note_attempt(task_id, 'cancelled', reason)
        redis.call('HINCRBY', task, 'token', 1)
      end
      local ended = (running or state == 'cancelled') and 'cancelled' or 'skipped'
      redis.call('HSET', task, 'state', ended, 'finished_ms', NOW)
    end
  end
  close_job(job_id, state, reason)
end

local function fail_task(task_id, job_id, kind, reason)
  local task = key('task', task_id)
  local name = redis.call('HGET', task, 'name')
  dequeue(task_id)
  redis.call('HSET', task, 'state', 'failed', 'finished_ms', NOW, 'error', reason)
  redis.call('HINCRBY', key('job', job_id), 'tasks_failed', 1)
  event('task_failed', { job_id = job_id, task_id = task_id, task = name, kind = kind,
    error = reason, final = true })
  log(job_id, 'error', 'task ' .. name .. ' failed: ' .. reason, name)
  abort_job(job_id, 'failed', 'task ' .. name .. ' failed: ' .. reason)
end

local function complete_job(job_id)
  stage(job_id, 'result_aggregation', 95)
  stage(job_id, 'cleanup', 98)
  stage(job_id, 'completed', 100)
  close_job(job_id, 'completed')
end
