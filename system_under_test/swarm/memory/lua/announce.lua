#!lua flags=allow-oom
-- Records the status of a component.
-- Arguments: component, status, valid_ms (how long the status counts), with_event (whether
-- subscribers are told).
-- Outcome: ok.
local function main()
  redis.call('SET', key('component', ARGS.component), ARGS.status, 'PX', ARGS.valid_ms)
  if ARGS.with_event then
    event('system_status', { component = ARGS.component, status = ARGS.status })
  end
  return reply('ok')
end
