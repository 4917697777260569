-- Every script ends with this file: it runs main() at most once for an operation id. Only an
-- applied effect ('ok') is remembered. A refusal changed nothing, so a repeat is decided anew.
local once = REQUEST.once
if not once then return main() end
local memory = key('once', once.operation)
local prior = redis.call('GET', memory)
if prior then
  local stored = cjson.decode(prior)
  if stored.fingerprint ~= once.fingerprint then return reply('reused') end
  -- An earlier version stored its replies by position, without this first name.
  if stored.reply[1] ~= 'outcome' then return reply('outdated') end
  return stored.reply
end
local answer = main()
if answer[2] == 'ok' then
  redis.call('SET', memory, cjson.encode({ fingerprint = once.fingerprint, reply = answer }),
    'PX', once.ttl_ms)
end
return answer
