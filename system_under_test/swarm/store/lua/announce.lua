#!lua flags=allow-oom
-- A component says how it is. ARGV: component, status, how long that holds in ms,
-- '1' to tell everybody.
local function main()
  redis.call('SET', key('component', ARGV[2]), ARGV[3], 'PX', ARGV[4])
  if ARGV[5] == '1' then event('system_status', { component = ARGV[2], status = ARGV[3] }) end
  return { 'ok' }
end
