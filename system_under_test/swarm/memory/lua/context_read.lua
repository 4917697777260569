#!lua flags=no-writes
-- Arguments: session_id, key (optional; without it all values are read).
-- Outcome: ok {entries: each {key, version, value}} | missing (the session).
local function main()
  local id = ARGS.session_id
  if not live_session(id) then return reply('missing') end
  local names = ARGS.key and { ARGS.key } or redis.call('HKEYS', key('session', id, 'versions'))
  local entries = {}
  for _, name in ipairs(names) do
    local version = redis.call('HGET', key('session', id, 'versions'), name)
    if version then
      entries[#entries + 1] = { 'key', name, 'version', version,
        'value', redis.call('HGET', key('session', id, 'values'), name) }
    end
  end
  return reply('ok', { entries = entries })
end
