-- SPDX-License-Identifier: MIT
-- Scripts as FreeKill's: rooms as coroutines, by HandleRequest and ResumeRoom. What a room does the server asks for.
require "fk.freekill"

local thread, server
local rooms, log = {}, {}

function InitScheduler(t, s) thread, server = t, s end
function HasServer() return thread ~= nil and server ~= nil end

local acts = {}

function HandleRequest(request)
  local room, id, command = request:match "^(-?%d+),(-?%d+),([^,]*)"
  if command == "newroom" then
    rooms[tonumber(id)] = { room = thread:getRoom(tonumber(id)), reasons = {} }
  elseif acts[command] then
    local object = rooms[tonumber(room)] and rooms[tonumber(room)].room
    log[#log + 1] = acts[command](object, tonumber(id)) or "nothing"
  end
  return true
end

-- As the core sees it: whatever the reason.
local function deserted(room)
  for _, p in ipairs(room:getPlayers()) do
    if p:getState() == fk.Player_Online or p:getState() == fk.Player_Trust then return false end
  end
  return true
end

function ResumeRoom(id, reason)
  local known = rooms[id]
  if not known then return false end
  known.reasons[#known.reasons + 1] = reason
  local act = acts[reason]
  if not known.failed and act then
    known.failed = true -- as a room whose coroutine is dead
    local main = coroutine.wrap(act)
    log[#log + 1] = main(known.room) or "nothing"
    known.failed = false
    return false
  end
  if reason ~= "over" and not deserted(known.room) then return false end
  rooms[id] = nil
  known.room:gameOver()
  known.room:decreaseRefCount()
  return true
end

function GetRoom(id) return rooms[id] end
function Stands(id) return rooms[id] ~= nil end
function Reasons(id) return table.concat(rooms[id].reasons, " ") end
function Log() return table.concat(log, "; ") end
function Packs() return fk.GetDisabledPacks() end

function acts.loop() while true do end end
function acts.fail() error "on purpose" end

function acts.show(room)
  local text = ("room %d of %d, %d s, %s:"):format(room:getId(), room.ownerId, room:getTimeout(), room:settings())
  for _, p in ipairs(room:getPlayers()) do
    text = text .. (" %d/%d %s %s %ds state %d won %d"):format(p.connId, p:getId(), p:getScreenName(), p:getAvatar(),
      p:getTotalGameTime(), p:getState(), p:getGameData():at(0))
  end
  for _, p in ipairs(room:getObservers()) do text = text .. " watched by " .. p:getScreenName() end
  return text
end

function acts.reply(room) return room:getPlayers():at(0):waitForReply(0) end
function acts.session(room) return tostring(room:getSessionId()) end
function acts.npc(room) return room:addNpc():getScreenName() end
function acts.save(room) return tostring((room:saveGlobalState("k", "v"))) end
for _, key in ipairs { "now", "later", "broken" } do
  acts["load_" .. key] = function(room) return tostring(room:getGlobalSaveState(key)) end
end
function acts.task()
  local task = server:getTask(-1001)
  return ("task %d %s %s %d %d %s"):format(task:getId(), task:getTaskType(), task:getData(), task:getUserConnId(),
    task:getUserId(), task:getPlayer():getScreenName())
end
function acts.tell(room)
  for _, p in ipairs(room:getPlayers()) do p:doNotify("Log", "text") end
  room:increaseRefCount()
  room:delay(0.5)
end
