#!lua
-- ARGV: id, email in lower case, password hash, role. Reply: 'ok', id | 'duplicate'.
local function main()
  if redis.call('HSETNX', key('users'), ARGV[3], ARGV[2]) == 0 then return { 'duplicate' } end
  redis.call('HSET', key('user', ARGV[2]), 'id', ARGV[2], 'email', ARGV[3],
    'password_hash', ARGV[4], 'role', ARGV[5], 'created_ms', NOW)
  return { 'ok', ARGV[2] }
end
