#!lua flags=allow-oom
-- ARGV: id. Reply: 'ok' | 'missing'.
local function main()
  if not live_session(ARGV[2]) then return { 'missing' } end
  delete_session(ARGV[2], 'deleted')
  return { 'ok' }
end
