#!lua
-- Records the end of an attempt: exactly once, and only for the holder of the current token. A
-- Redis that lost its last writes may issue a token again, so the agent must be the holder too.
-- Arguments: task_id, token (decimal text), agent_id, outcome, payload, delay_ms, kind (of
-- failure).
-- The argument `outcome` is 'completed' (payload is the result), 'failed' (payload is the reason),
-- 'retry' (failed, but may run again) or 'released' (given back, not failed).
-- Outcome: ok | repeat (the end of this attempt is already recorded) | stale.
local function unlock(job_id, dependants)
  for number in string.gmatch(dependants, '%d+') do
    local task_id = job_id .. '-' .. number
    if redis.call('HINCRBY', key('task', task_id), 'waiting', -1) == 0 then enqueue(task_id) end
  end
end

local function complete(task_id, job_id, name, dependants)
  local job = key('job', job_id)
  note_attempt(task_id, 'completed')
  dequeue(task_id)
  redis.call('HSET', key('task', task_id), 'state', 'completed', 'result', ARGS.payload,
    'finished_ms', NOW)
  local done = redis.call('HINCRBY', job, 'tasks_completed', 1)
  event('task_completed', { job_id = job_id, task_id = task_id, task = name,
    token = tonumber(ARGS.token) })
  log(job_id, 'info', 'task ' .. name .. ' completed', name)
  advance(task_id, job_id, 1000)
  unlock(job_id, dependants)
  if done == tonumber(redis.call('HGET', job, 'task_count')) then complete_job(job_id) end
end

local function run_again(task_id, delay_ms)
  dequeue(task_id)
  redis.call('HSET', key('task', task_id), 'state', 'queued')
  if delay_ms <= 0 then return enqueue(task_id) end
  redis.call('ZADD', key('delayed'), NOW + delay_ms, task_id)
end

local function retry(task_id, job_id, name)
  note_attempt(task_id, 'failed', ARGS.payload)
  local limit = tonumber(redis.call('HGET', key('task', task_id), 'max_retries'))
  if redis.call('HINCRBY', key('task', task_id), 'failures', 1) > limit then
    return fail_task(task_id, job_id, ARGS.kind, ARGS.payload)
  end
  event('task_failed', { job_id = job_id, task_id = task_id, task = name, kind = ARGS.kind,
    error = ARGS.payload, final = false })
  log(job_id, 'warning', 'task ' .. name .. ' will be retried: ' .. ARGS.payload, name)
  run_again(task_id, ARGS.delay_ms)
end

local function main()
  local task_id, token, agent, outcome = ARGS.task_id, ARGS.token, ARGS.agent_id, ARGS.outcome
  local task = key('task', task_id)
  local attempt = token .. ' ' .. agent
  local state, current, holder, committed, job_id, name, dependants = unpack(redis.call('HMGET',
    task, 'state', 'token', 'agent', 'committed', 'job', 'name', 'dependants'))
  if committed == attempt then return reply('repeat') end
  if state ~= 'in_progress' or current ~= token or holder ~= agent then return reply('stale') end
  redis.call('HSET', task, 'committed', attempt)
  if outcome == 'completed' then
    complete(task_id, job_id, name, dependants)
  elseif outcome == 'failed' then
    note_attempt(task_id, 'failed', ARGS.payload)
    redis.call('HINCRBY', task, 'failures', 1)
    fail_task(task_id, job_id, ARGS.kind, ARGS.payload)
  elseif outcome == 'retry' then
    retry(task_id, job_id, name)
  else
    note_attempt(task_id, 'released')
    run_again(task_id, 0)
  end
  return reply('ok')
end
