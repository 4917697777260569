#!lua
-- Arguments: account_id, email (in lower case), password_hash, role.
-- Outcome: ok {account_id} | duplicate.
local function main()
  local id = ARGS.account_id
  if redis.call('HSETNX', key('users'), ARGS.email, id) == 0 then return reply('duplicate') end
  redis.call('HSET', key('user', id), 'id', id, 'email', ARGS.email,
    'password_hash', ARGS.password_hash, 'role', ARGS.role, 'created_ms', NOW)
  return reply('ok', { account_id = id })
end
