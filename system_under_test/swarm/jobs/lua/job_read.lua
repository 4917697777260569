#!lua flags=no-writes
-- Arguments: job_id.
-- Outcome: ok {job: its fields, task_fields: names, tasks: the values of those names for each task,
-- attempts: a list for each task (JSON texts)} | missing.
-- The names are sent once, not with each task: a job may have 500. A task's result is not among
-- them: it may be large.
local SHOWN = { 'id', 'name', 'type', 'priority', 'capabilities', 'dependencies', 'state',
  'agent', 'failures', 'losses', 'fraction', 'error', 'started_ms', 'finished_ms',
  'timeout_ms', 'max_retries' }

local function main()
  local id = ARGS.job_id
  local job = redis.call('HGETALL', key('job', id))
  if #job == 0 then return reply('missing') end
  local tasks, attempts = {}, {}
  for number = 0, tonumber(redis.call('HGET', key('job', id), 'task_count')) - 1 do
    local task_id = id .. '-' .. number
    tasks[#tasks + 1] = redis.call('HMGET', key('task', task_id), unpack(SHOWN))
    attempts[#attempts + 1] = redis.call('LRANGE', key('task', task_id, 'attempts'), 0, -1)
  end
  return reply('ok', { job = job, task_fields = SHOWN, tasks = tasks, attempts = attempts })
end
