#!lua flags=no-writes
-- The results of the tasks nothing else waits for. ARGV: job id.
-- Reply: 'ok', state, error, then pairs of task name and result (JSON text) | 'missing'.
local function main()
  local state, reason, count =
    unpack(redis.call('HMGET', key('job', ARGV[2]), 'state', 'error', 'task_count'))
  if not state then return { 'missing' } end
  local reply = { 'ok', state, reason or '' }
  for number = 0, tonumber(count) - 1 do
    local name, dependants, result = unpack(redis.call('HMGET',
      key('task', ARGV[2] .. '-' .. number), 'name', 'dependants', 'result'))
    if dependants == '' and result then
      reply[#reply + 1] = name
      reply[#reply + 1] = result
    end
  end
  return reply
end
