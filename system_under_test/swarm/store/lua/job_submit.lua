#!lua
-- ARGV: job id, owner, name, parameters (JSON text), active jobs at most, ttl_ms, series ('' for
-- none: jobs of one series can be listed together), then for each task nine values: name, type, parameters, priority, capabilities, timeout_ms, max_retries,
-- numbers it waits for, numbers that wait for it (both space separated).
-- Reply: 'ok', job id | 'limit', active jobs.
local WIDTH = 9

local function create_task(job_id, number, at)
  local task_id = job_id .. '-' .. number
  local _, waiting = string.gsub(ARGV[at + 7], '%d+', '')
  redis.call('HSET', key('task', task_id), 'id', task_id, 'job', job_id, 'name', ARGV[at],
    'type', ARGV[at + 1], 'parameters', ARGV[at + 2], 'priority', ARGV[at + 3],
    'capabilities', ARGV[at + 4], 'timeout_ms', ARGV[at + 5], 'max_retries', ARGV[at + 6],
    'dependencies', ARGV[at + 7], 'dependants', ARGV[at + 8], 'waiting', waiting,
    'state', 'queued', 'token', 0, 'failures', 0, 'losses', 0, 'fraction', 0)
  if waiting == 0 then enqueue(task_id) end
end

local function main()
  local id, owner = ARGV[2], ARGV[3]
  local active = redis.call('SCARD', key('active', owner))
  if active >= tonumber(ARGV[6]) then return { 'limit', active } end
  local series = ARGV[8]
  local count = (#ARGV - 8) / WIDTH
  redis.call('HSET', key('job', id), 'id', id, 'owner', owner, 'name', ARGV[4],
    'parameters', ARGV[5], 'state', 'queued', 'stage', 'initialization', 'progress', 0,
    'created_ms', NOW, 'ttl_ms', ARGV[7], 'task_count', count, 'tasks_completed', 0,
    'tasks_failed', 0, 'units', 0, 'series', series)
  redis.call('SADD', key('active', owner), id)
  index('jobs', id, owner, 'queued', NOW)
  if series ~= '' then
    for _, o in ipairs({ owner, '*' }) do redis.call('ZADD', key('series', o, series), NOW, id) end
  end
  event('job_created', { job_id = id, owner = owner, name = ARGV[4] })
  stage(id, 'agent_deployment', 5)
  log(id, 'info', 'job accepted with ' .. count .. ' tasks')
  for number = 0, count - 1 do create_task(id, number, 9 + number * WIDTH) end
  return { 'ok', id }
end
