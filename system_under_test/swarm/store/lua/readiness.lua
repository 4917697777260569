#!lua flags=no-writes
-- Reply: 'ok', orchestrator's status or 'absent', agents online, jobs active.
local function main()
  return { 'ok', redis.call('GET', key('component', 'orchestrator')) or 'absent',
    redis.call('ZCOUNT', key('agents', 'deadlines'), NOW, '+inf'),
    redis.call('ZCARD', key('jobs', '*', 'queued')) +
      redis.call('ZCARD', key('jobs', '*', 'running')) }
end
