#!lua flags=no-writes
-- One page of an index, newest first, with the fields of each item.
-- Arguments: kind ('jobs', 'sessions' or 'series'), item ('job' or 'session'), owner, state (of
-- a series: its name), first, last (ranks, from 0).
-- Outcome: ok {total, items: the fields of each}.
local function main()
  local ids = key(ARGS.kind, ARGS.owner, ARGS.state)
  local items = {}
  for _, id in ipairs(redis.call('ZREVRANGE', ids, ARGS.first, ARGS.last)) do
    items[#items + 1] = redis.call('HGETALL', key(ARGS.item, id))
  end
  return reply('ok', { total = redis.call('ZCARD', ids), items = items })
end
