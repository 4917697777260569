#!lua
-- Records the end of an attempt: exactly once, and only for the holder of the current token. A
-- Redis that lost its last moments may issue a token again, so that it has to be the agent's too.
-- ARGV: task id, token, agent id, outcome, payload, delay_ms, kind.
-- Outcomes: 'completed' (payload is the result), 'failed' (payload is the reason),
-- 'retry' (failed, but may run again), 'released' (given back unharmed).
-- Reply: 'ok' | 'repeat' when this attempt's end is recorded already | 'stale'.
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
  redis.call('HSET', key('task', task_id), 'state', 'completed', 'result', ARGV[6],
    'finished_ms', NOW)
  local done = redis.call('HINCRBY', job, 'tasks_completed', 1)
  event('task_completed', { job_id = job_id, task_id = task_id, task = name,
    token = tonumber(ARGV[3]) })
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
  note_attempt(task_id, 'failed', ARGV[6])
  local limit = tonumber(redis.call('HGET', key('task', task_id), 'max_retries'))
  if redis.call('HINCRBY', key('task', task_id), 'failures', 1) > limit then
    return fail_task(task_id, job_id, ARGV[8], ARGV[6])
  end
  event('task_failed', { job_id = job_id, task_id = task_id, task = name, kind = ARGV[8],
    error = ARGV[6], final = false })
  log(job_id, 'warning', 'task ' .. name .. ' will be retried: ' .. ARGV[6], name)
  run_again(task_id, tonumber(ARGV[7]))
end

local function main()
  local task_id, token, agent, outcome = ARGV[2], ARGV[3], ARGV[4], ARGV[5]
  local task = key('task', task_id)
  local attempt = token .. ' ' .. agent
  local state, current, holder, committed, job_id, name, dependants = unpack(redis.call('HMGET',
    task, 'state', 'token', 'agent', 'committed', 'job', 'name', 'dependants'))
  if committed == attempt then return { 'repeat' } end
  if state ~= 'in_progress' or current ~= token or holder ~= agent then return { 'stale' } end
  redis.call('HSET', task, 'committed', attempt)
  if outcome == 'completed' then
    complete(task_id, job_id, name, dependants)
  elseif outcome == 'failed' then
    note_attempt(task_id, 'failed', ARGV[6])
    redis.call('HINCRBY', task, 'failures', 1)
    fail_task(task_id, job_id, ARGV[8], ARGV[6])
  elseif outcome == 'retry' then
    retry(task_id, job_id, name)
  else
    note_attempt(task_id, 'released')
    run_again(task_id, 0)
  end
  return { 'ok' }
end
