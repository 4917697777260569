#!lua flags=no-writes
-- No arguments.
-- Outcome: ok {orchestrator: its status or 'absent', agents_online, jobs_active}.
local function main()
  return reply('ok', {
    orchestrator = redis.call('GET', key('component', 'orchestrator')) or 'absent',
    agents_online = redis.call('ZCOUNT', key('agents', 'deadlines'), NOW, '+inf'),
    jobs_active = redis.call('ZCARD', key('jobs', '*', 'queued')) +
      redis.call('ZCARD', key('jobs', '*', 'running')),
  })
end
