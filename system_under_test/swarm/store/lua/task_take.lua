#!lua
-- Gives an agent the most urgent task it can do: first a task whose lease ran out, then a new
-- one, priority by priority. Starting it issues the fencing token in the same step.
-- ARGV: agent id, operation id, lease_ms, then the agent's capabilities.
-- Reply: 'task', fields of the task, then pairs of dependency name and result | 'none'
-- | 'unknown' when the agent is not registered.
local CAN = {}
for at = 5, #ARGV do CAN[ARGV[at]] = true end

local function suitable_queues()
  local found = {}
  for _, queue in ipairs(redis.call('SMEMBERS', key('queues'))) do
    local suits = true
    for capability in string.gmatch(string.sub(queue, 3), '[^,]+') do
      suits = suits and CAN[capability]
    end
    if suits then found[#found + 1] = queue end
  end
  table.sort(found, function(a, b) return a > b end)
  return found
end

local function offer(task_id)
  local task = key('task', task_id)
  local reply = { 'task', redis.call('HGETALL', task) }
  local job_id, needed = unpack(redis.call('HMGET', task, 'job', 'dependencies'))
  for number in string.gmatch(needed, '%d+') do
    local name, result =
      unpack(redis.call('HMGET', key('task', job_id .. '-' .. number), 'name', 'result'))
    reply[#reply + 1] = name
    reply[#reply + 1] = result
  end
  return reply
end

-- Returns false when the task ended meanwhile.
local function note_loss(task_id, job_id, name)
  note_attempt(task_id, 'lost', 'the lease ran out')
  log(job_id, 'warning', 'task ' .. name .. ' lost its agent', name)
  if redis.call('HINCRBY', key('task', task_id), 'losses', 1) >= LOSSES_MAX then
    fail_task(task_id, job_id, 'lost', 'its agents died ' .. LOSSES_MAX .. ' times')
    return false
  end
  return true
end

local function start_job(job_id)
  local job = key('job', job_id)
  local state, owner, created = unpack(redis.call('HMGET', job, 'state', 'owner', 'created_ms'))
  if state ~= 'queued' then return end
  reindex('jobs', job_id, owner, state, 'running', created)
  redis.call('HSET', job, 'state', 'running', 'started_ms', NOW)
  event('job_started', { job_id = job_id, progress = 15 })
  stage(job_id, 'task_distribution', 15)
  stage(job_id, 'execution', EXECUTION_STARTS)
end

local function start(task_id, queue, entry)
  local task = key('task', task_id)
  local state, current, job_id, name, timeout_ms = unpack(redis.call('HMGET', task,
    'state', 'entry', 'job', 'name', 'timeout_ms'))
  if current ~= entry then
    redis.call('XACK', key('queue', queue), GROUP, entry)
    redis.call('XDEL', key('queue', queue), entry)
    return nil
  end
  if state == 'in_progress' and not note_loss(task_id, job_id, name) then return nil end
  start_job(job_id)
  local token = redis.call('HINCRBY', task, 'token', 1)
  redis.call('HSET', task, 'state', 'in_progress', 'agent', ARGV[2], 'started_ms', NOW,
    'deadline_ms', NOW + tonumber(timeout_ms))
  redis.call('HSET', key('agent', ARGV[2]), 'take', ARGV[3], 'task', task_id, 'token', token)
  event('task_assigned', { job_id = job_id, task_id = task_id, task = name, agent_id = ARGV[2],
    token = token })
  log(job_id, 'info', 'task ' .. name .. ' started on ' .. ARGV[2], name)
  return offer(task_id)
end

local function reclaim(queue)
  local stream, cursor = key('queue', queue), '0-0'
  repeat
    local reply = redis.call('XAUTOCLAIM', stream, GROUP, ARGV[2], ARGV[4], cursor, 'COUNT', 1)
    cursor = reply[1]
    local entry = reply[2][1]
    if entry then
      local offered = start(entry[2][2], queue, entry[1])
      if offered then return offered end
    end
  until cursor == '0-0'
end

local function take_new(queue)
  while true do
    local reply = redis.call('XREADGROUP', 'GROUP', GROUP, ARGV[2], 'COUNT', 1,
      'STREAMS', key('queue', queue), '>')
    if not reply then return nil end
    local entry = reply[1][2][1]
    local offered = start(entry[2][2], queue, entry[1])
    if offered then return offered end
  end
end

-- The agent asked before and did not get the answer: give the same one.
local function repeated()
  local take, task_id, token =
    unpack(redis.call('HMGET', key('agent', ARGV[2]), 'take', 'task', 'token'))
  if take ~= ARGV[3] then return nil end
  local state, current = unpack(redis.call('HMGET', key('task', task_id), 'state', 'token'))
  if state == 'in_progress' and current == token then return offer(task_id) end
end

local function main()
  if redis.call('EXISTS', key('agent', ARGV[2])) == 0 then return { 'unknown' } end
  local offered = repeated()
  if offered then return offered end
  for _, queue in ipairs(suitable_queues()) do
    offered = reclaim(queue) or take_new(queue)
    if offered then return offered end
  end
  return { 'none' }
end
