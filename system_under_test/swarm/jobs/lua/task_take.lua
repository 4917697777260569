#!lua
-- Gives an agent the most urgent task that it can do: first a task whose lease ran out, then a new
-- one, priority by priority. The same step starts the task and issues the fencing token.
-- Arguments: agent_id, operation, lease_ms, capabilities (list).
-- Outcome: task {task: its fields, inputs: results (JSON text) by name of the dependency} | none
-- | unknown (the agent is not registered).
local AGENT = ARGS.agent_id
local CAN = {}
for _, capability in ipairs(ARGS.capabilities) do CAN[capability] = true end

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
  local inputs = {}
  local job_id, needed = unpack(redis.call('HMGET', task, 'job', 'dependencies'))
  for number in string.gmatch(needed, '%d+') do
    local name, result =
      unpack(redis.call('HMGET', key('task', job_id .. '-' .. number), 'name', 'result'))
    inputs[#inputs + 1] = name
    inputs[#inputs + 1] = result
  end
  return reply('task', { task = redis.call('HGETALL', task), inputs = inputs })
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
  redis.call('HSET', task, 'state', 'in_progress', 'agent', AGENT, 'started_ms', NOW,
    'deadline_ms', NOW + tonumber(timeout_ms))
  redis.call('HSET', key('agent', AGENT), 'take', ARGS.operation, 'task', task_id, 'token', token)
  event('task_assigned', { job_id = job_id, task_id = task_id, task = name, agent_id = AGENT,
    token = token })
  log(job_id, 'info', 'task ' .. name .. ' started on ' .. AGENT, name)
  return offer(task_id)
end

local function reclaim(queue)
  local stream, cursor = key('queue', queue), '0-0'
  repeat
    local claimed = redis.call('XAUTOCLAIM', stream, GROUP, AGENT, ARGS.lease_ms, cursor,
      'COUNT', 1)
    cursor = claimed[1]
    local entry = claimed[2][1]
    if entry then
      local offered = start(entry[2][2], queue, entry[1])
      if offered then return offered end
    end
  until cursor == '0-0'
end

local function take_new(queue)
  while true do
    local read = redis.call('XREADGROUP', 'GROUP', GROUP, AGENT, 'COUNT', 1,
      'STREAMS', key('queue', queue), '>')
    if not read then return nil end
    local entry = read[1][2][1]
    local offered = start(entry[2][2], queue, entry[1])
    if offered then return offered end
  end
end

-- The agent asked before with this operation id and did not get the answer: return the same task.
local function repeated()
  local take, task_id, token =
    unpack(redis.call('HMGET', key('agent', AGENT), 'take', 'task', 'token'))
  if take ~= ARGS.operation then return nil end
  local state, current = unpack(redis.call('HMGET', key('task', task_id), 'state', 'token'))
  if state == 'in_progress' and current == token then return offer(task_id) end
end

local function main()
  if redis.call('EXISTS', key('agent', AGENT)) == 0 then return reply('unknown') end
  local offered = repeated()
  if offered then return offered end
  for _, queue in ipairs(suitable_queues()) do
    offered = reclaim(queue) or take_new(queue)
    if offered then return offered end
  end
  return reply('none')
end
