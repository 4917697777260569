#!lua flags=no-writes
-- The results of the tasks that no other task depends on. Arguments: job_id.
-- Outcome: ok {state, error, results: JSON text by name of the task} | missing.
local function main()
  local id = ARGS.job_id
  local state, reason, count =
    unpack(redis.call('HMGET', key('job', id), 'state', 'error', 'task_count'))
  if not state then return reply('missing') end
  local results = {}
  for number = 0, tonumber(count) - 1 do
    local name, dependants, result = unpack(redis.call('HMGET',
      key('task', id .. '-' .. number), 'name', 'dependants', 'result'))
    if dependants == '' and result then
      results[#results + 1] = name
      results[#results + 1] = result
    end
  end
  return reply('ok', { state = state, error = reason or '', results = results })
end
