-- Runs main() at most once for an operation id. Only an applied effect ('ok') is remembered:
-- a refusal changed nothing, so a repeat is judged afresh.
local once = HEAD.once
if not once then return main() end
local memory = key('once', once.operation)
local prior = redis.call('GET', memory)
if prior then
  local stored = cjson.decode(prior)
  if stored.fingerprint ~= once.fingerprint then return { 'reused' } end
  return stored.reply
end
local reply = main()
if reply[1] == 'ok' then
  redis.call('SET', memory, cjson.encode({ fingerprint = once.fingerprint, reply = reply }),
    'PX', once.ttl_ms)
end
return reply
