-- SPDX-License-Identifier: MIT
-- A game about what fkvm run keeps in memory: saves, sessions, thinking, computer players, timers, questions.
require "fk.freekill"

local thread
function InitScheduler(its_thread) thread = its_thread end

local rooms = {}
local steps = {
  query_done = function(room)
    assert(room:getGlobalSaveState "key" == "again")
    room:setRequestTimer(50)
    room:setRequestTimer(20) -- takes the place of the first
  end,
  request_timer = function(room)
    local player = room:getPlayers():at(0)
    player:doRequest("Ask", "", 5, 0)
    assert(player:waitForReply(0) == "__notready")
  end,
  player_reply = function(room)
    assert(room:getPlayers():at(0):waitForReply(0) == "__cancel")
    room:gameOver()
    return true
  end,
}

local function keep(room, player)
  player:saveState "state"
  player:saveGlobalState("key", "global")
  room:saveGlobalState("key", "room")
  room:setSessionData "session"
  assert(player:getSaveState() == "state" and player:getGlobalSaveState "key" == "global")
  assert(room:getGlobalSaveState "key" == "room" and room:getGlobalSaveState "none" == "{}")
  assert(room:getSessionData() == "session" and room:getSessionId() == room:getId())
end

function HandleRequest(request)
  local id = tonumber(request:match "^%-1,(%d+),newroom$")
  local room = thread:getRoom(id)
  rooms[id] = room
  local player, count = room:getPlayers():at(0), room:getPlayers():length()
  keep(room, player)
  player:setThinking(true)
  assert(player:thinking() and player:getState() == fk.Player_Online and room:getOwner() == player)
  local npc = room:addNpc()
  assert(npc:getState() == fk.Player_Robot and room:getPlayers():length() == count + 1)
  room:removeNpc(npc)
  assert(not pcall(fk.call, "ServerPlayer_thinking", npc.connId), "the computer player is still there")
  assert(not pcall(fk.call, "Room_delay", id, "soon"), "a delay is no text")
  for _, each in ipairs(room:getPlayers()) do each:doNotify("Hello", "12345") end
  assert(fk.call("Room_saveGlobalState", id, "key", "again") == true)
  return true
end

function ResumeRoom(id, reason) return steps[reason](rooms[id]) == true end
