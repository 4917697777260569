#!lua flags=no-writes
-- ARGV: job id. Reply: 'ok', fields of the job, then for each task its fields (without its
-- result) and its attempts | 'missing'.
local SHOWN = { 'id', 'name', 'type', 'priority', 'capabilities', 'dependencies', 'state',
  'agent', 'failures', 'losses', 'fraction', 'error', 'started_ms', 'finished_ms',
  'timeout_ms', 'max_retries' }

local function main()
  local job = redis.call('HGETALL', key('job', ARGV[2]))
  if #job == 0 then return { 'missing' } end
  local reply = { 'ok', job }
  local count = tonumber(redis.call('HGET', key('job', ARGV[2]), 'task_count'))
  for number = 0, count - 1 do
    local task_id = ARGV[2] .. '-' .. number
    reply[#reply + 1] = redis.call('HMGET', key('task', task_id), unpack(SHOWN))
    reply[#reply + 1] = redis.call('LRANGE', key('task', task_id, 'attempts'), 0, -1)
  end
  return reply
end
