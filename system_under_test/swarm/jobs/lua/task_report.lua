#!lua
-- Renews the lease of a running task and reports its progress.
-- Arguments: task_id, token (decimal text), agent_id, fraction (0..1000),
-- lines (each {level, message}).
-- Outcome: ok | lost (the agent does not hold the task any more).
local function main()
  local task_id, token, agent = ARGS.task_id, ARGS.token, ARGS.agent_id
  local task = key('task', task_id)
  local state, current, holder, job_id, name, queue, entry, deadline = unpack(redis.call('HMGET',
    task, 'state', 'token', 'agent', 'job', 'name', 'queue', 'entry', 'deadline_ms'))
  if state ~= 'in_progress' or current ~= token or holder ~= agent then return reply('lost') end
  -- The agent ends a task at its timeout. If it does not, its lease is not renewed any more.
  if NOW > tonumber(deadline) + 5000 then return reply('lost') end
  redis.call('XCLAIM', key('queue', queue), GROUP, agent, 0, entry, 'JUSTID')
  advance(task_id, job_id, ARGS.fraction)
  for _, line in ipairs(ARGS.lines) do log(job_id, line.level, line.message, name) end
  return reply('ok')
end
