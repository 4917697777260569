#!lua
-- Keeps the lease of a running task and reports how far it is.
-- ARGV: task id, token, agent id, fraction (0..1000), then pairs of level and message.
-- Reply: 'ok' | 'lost' when the task is no longer this agent's.
local function main()
  local task_id, token, agent = ARGV[2], ARGV[3], ARGV[4]
  local task = key('task', task_id)
  local state, current, holder, job_id, name, queue, entry, deadline = unpack(redis.call('HMGET',
    task, 'state', 'token', 'agent', 'job', 'name', 'queue', 'entry', 'deadline_ms'))
  if state ~= 'in_progress' or current ~= token or holder ~= agent then return { 'lost' } end
  -- The agent ends a task at its timeout; one that does not loses the lease by itself.
  if NOW > tonumber(deadline) + 5000 then return { 'lost' } end
  redis.call('XCLAIM', key('queue', queue), GROUP, agent, 0, entry, 'JUSTID')
  advance(task_id, job_id, tonumber(ARGV[5]))
  for at = 6, #ARGV, 2 do log(job_id, ARGV[at], ARGV[at + 1], name) end
  return { 'ok' }
end
