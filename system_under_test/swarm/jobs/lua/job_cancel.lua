#!lua flags=allow-oom
-- Arguments: job_id. Outcome: ok | missing | ended {state}.
local function main()
  local state = redis.call('HGET', key('job', ARGS.job_id), 'state')
  if not state then return reply('missing') end
  if TERMINAL[state] then return reply('ended', { state = state }) end
  abort_job(ARGS.job_id, 'cancelled', 'cancelled on request')
  return reply('ok')
end
