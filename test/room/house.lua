-- SPDX-License-Identifier: MIT
-- What the tests of libfkroom play: a room does what requests tell it, and tells its players all it hears.
require "fk.freekill"
local thread, server
local rooms = {}

function InitScheduler(its_thread, its_server) thread, server = its_thread, its_server end

local function tell(room, command, text)
  for _, player in ipairs(room.object and room.object:getPlayers() or {}) do player:doNotify(command, text) end
  for _, observer in ipairs(room.object and room.object:getObservers() or {}) do observer:doNotify(command, text) end
end

local function find(room, id)
  for _, player in ipairs(room.object:getPlayers()) do
    if player:getId() == id then return player end
  end
end

local function states(room)
  local list = {}
  for _, player in ipairs(room.object:getPlayers()) do
    list[#list + 1] = player:getId() .. "=" .. math.tointeger(player:getState())
  end
  return table.concat(list, " ")
end

local commands = {}

function commands.delay(room, _, ms) room.object:delay(tonumber(ms)) end
function commands.delays(room, _, count) for i = 1, tonumber(count) do room.object:delay(1e9) end end
function commands.floods(room, _, count) for i = 1, tonumber(count) do room.object:delay(0) end end
function commands.timer(room, _, ms) room.object:setRequestTimer(tonumber(ms)) end
function commands.untimer(room) room.object:destroyRequestTimer() end

function commands.ask(room, id, seconds, think)
  local player = find(room, id)
  player:doRequest("Question", "\0payload\xff", tonumber(seconds), 1234567890123)
  if think then player:setThinking(true) end
end
function commands.read(room, id) tell(room, "Read", find(room, id):waitForReply(0)) end
function commands.thinking(room, id) tell(room, "Thinking", tostring(find(room, id):thinking())) end
function commands.died(room, id, yes) find(room, id):setDied(yes == "true") end
function commands.kick(room, id) find(room, id):emitKick() end
function commands.kickobserver(room) room.object:getObservers():at(0):emitKick() end
function commands.states(room) tell(room, "States", states(room)) end
function commands.state(room, id)
  local owner, player = room.object:getOwner(), find(room, id)
  tell(room, "State", ("owner %d, %d s"):format(owner:getId(), player:getTotalGameTime()))
end
function commands.spin() while true do end end
function commands.eat()
  local eaten = {}
  while true do eaten[#eaten + 1] = ("x"):rep(1000) .. #eaten end
end
function commands.flood()
  while true do print(("x"):rep(1000)) end
end
function commands.burst(room, id, count)
  for i = 1, tonumber(count) do find(room, id):doNotify("Burst", tostring(i)) end
end

function commands.save(room, id, text) tell(room, "Asked", tostring(fk.call("ServerPlayer_saveState", find(room, id).connId, text))) end
function commands.put(room, id, text) find(room, id):saveState(text) end
function commands.load(room, id) tell(room, "Asked", tostring(find(room, id):getSaveState())) end
function commands.savekey(room, id, key, text) find(room, id):saveGlobalState(key, text) end
function commands.loadkey(room, id, key) find(room, id):getGlobalSaveState(key) end
function commands.roomsave(room, _, key, text) room.object:saveGlobalState(key, text) end
function commands.roomload(room, _, key) room.object:getGlobalSaveState(key) end

function commands.session(room, _, text)
  tell(room, "Session", room.object:getSessionId() .. " " .. room.object:getSessionData())
  room.object:setSessionData(text)
end
function commands.rate(room, id, result) room.object:updatePlayerWinRate(id, "duel", "lord", tonumber(result)) end
function commands.rateother(room, _, id, result) room.object:updatePlayerWinRate(tonumber(id), "duel", "lord", tonumber(result)) end
function commands.general(room, _, name, result) room.object:updateGeneralWinRate(name, "duel", "lord", tonumber(result)) end
function commands.over(room) room.object:gameOver() end
function commands.hold(room) room.object:increaseRefCount() end
function commands.release(room) room.object:decreaseRefCount() end

function commands.npc(room)
  local npc = room.object:addNpc()
  tell(room, "Npc", npc:getId() .. " " .. npc:getScreenName() .. " " .. math.tointeger(npc:getState()))
  room.npc = npc
end
function commands.unnpc(room) room.object:removeNpc(room.npc) end
function commands.wrongnpc(room, id) room.object:removeNpc(find(room, id)) end

function commands.print(_, _, text) print(text) end
function commands.alarm() fk.critical("one\nerror: thread 1: two") end
function commands.finish(room) room.finishes = true end
function commands.listen(room, _, id) room.listens_to = tonumber(id) end
function commands.untimer_when_resumed(room) room.untimes = true end
function commands.raise(room) room.fails = true end
function commands.fail() error("asked to fail") end
function commands.hang(room, id)
  fk.call("ServerPlayer_thinking", find(room, id).connId) -- a question: what was told before reaches the server
  while true do end
end
function commands.exit() fk.call("kill_me") end

-- What a host method answers to a wrong id.
function commands.wrong(room, _, method, ...)
  local params = { ... }
  for i, param in ipairs(params) do params[i] = tonumber(param) or param end
  local fine, problem = pcall(fk.call, method, table.unpack(params))
  tell(room, "Wrong", fine and "nil" or tostring(problem))
end

local function words(text)
  local list = {}
  for word in text:gmatch "[^,]+" do list[#list + 1] = word end
  return list
end

local function new_room(id)
  local object = thread:getRoom(id)
  local settings = object:settings()
  if settings == "refuse" then return false end
  rooms[id] = { object = object }
  tell(rooms[id], "Hello", ("%d %d %s %d"):format(id, object:getTimeout(), settings, object.ownerId))
  if settings == "fail" then error("no such game") end
  return true
end

local function new_task(id)
  local task = server:getTask(id)
  local user = task:getPlayer()
  rooms[id] = { task = task }
  if user then
    user:doNotify("Task", ("%d %s %s %d %d"):format(id, task:getTaskType(), task:getData(), task:getUserId(), user:getId()))
  end
  local kind = task:getTaskType()
  if kind == "delay" then task:delay(1) end
  if kind == "load" then task:getGlobalSaveState("key") end
  if kind == "save" then fk.call("Task_saveGlobalState", id, "key", task:getData()) end
  if kind == "loadown" then task:getPlayerGlobalSaveState("key") end
  if kind == "saveown" then fk.call("Task_savePlayerGlobalState", id, "key", "own " .. task:getData()) end
  if kind == "release" then task:decreaseRefCount() end
  return true
end

function HandleRequest(request)
  local list = words(request)
  local room_id, id, command = tonumber(list[1]), tonumber(list[2]), list[3]
  if command == "newroom" then return new_room(id) end
  if command == "newtask" then return new_task(id) end
  local room = rooms[room_id]
  if not room then return false end
  tell(room, "Request", id .. " " .. command)
  if commands[command] then commands[command](room, id, table.unpack(list, 4)) end
  return true
end

function ResumeRoom(id, reason)
  local room = rooms[id]
  if not room then return false end
  if room.fails and reason ~= "abandon" then error("asked to fail when resumed") end
  if room.task then
    local user = room.task:getPlayer()
    if user then user:doNotify("Resumed", reason) end
    rooms[id] = nil
    return true
  end
  tell(room, "Resumed", reason)
  if room.listens_to then commands.read(room, room.listens_to) end
  if room.untimes then commands.untimer(room) end
  local over = room.finishes or reason == "finish" or reason == "abandon"
  if over then rooms[id] = nil end
  return over
end

function RoomList()
  local ids = {}
  for id in pairs(rooms) do ids[#ids + 1] = id end
  table.sort(ids)
  return ids
end
function RoomInfo(id)
  assert(math.type(id) == "integer", "RoomInfo takes the id of a room")
  return rooms[id] and { id = id, states = states(rooms[id]) }
end
function MemoryUsage() return math.floor(collectgarbage "count" * 1024) end
function Secret() return "secret" end
