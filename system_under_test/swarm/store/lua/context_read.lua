#!lua flags=no-writes
-- ARGV: session id, then a key, or nothing for all of them.
-- Reply: 'ok', then triples of key, version, value | 'missing'.
local function main()
  local id = ARGV[2]
  if not live_session(id) then return { 'missing' } end
  local names = { ARGV[3] }
  if #names == 0 then names = redis.call('HKEYS', key('session', id, 'versions')) end
  local reply = { 'ok' }
  for _, name in ipairs(names) do
    local version = redis.call('HGET', key('session', id, 'versions'), name)
    if version then
      reply[#reply + 1] = name
      reply[#reply + 1] = version
      reply[#reply + 1] = redis.call('HGET', key('session', id, 'values'), name)
    end
  end
  return reply
end
