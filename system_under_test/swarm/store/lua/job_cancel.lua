#!lua flags=allow-oom
-- ARGV: job id. Reply: 'ok', state | 'missing' | 'ended', state.
local function main()
  local state = redis.call('HGET', key('job', ARGV[2]), 'state')
  if not state then return { 'missing' } end
  if TERMINAL[state] then return { 'ended', state } end
  abort_job(ARGV[2], 'cancelled', 'cancelled on request')
  return { 'ok', 'cancelled' }
end
