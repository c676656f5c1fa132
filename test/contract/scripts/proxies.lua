-- SPDX-License-Identifier: MIT
-- Uses rooms and players as games do, each method by its name.
require "fk.freekill"

local thread
function InitScheduler(t) thread = t end

local rooms = {}
function GetRoom(id) return rooms[id] end
function open_room(id)
  rooms[id] = { room = thread:getRoom(id) }
  return true
end

function ResumeRoom(id, reason)
  if reason == "fail" then error("room " .. id .. " failed") end
  local finish = os.clock() + (reason == "slow" and 0.02 or 0)
  while os.clock() < finish do end
  return reason == "over"
end

local function room(id) return rooms[id].room end
local function player(id, index) return room(id):getPlayers():at(index) end

function room_method(id, name, ...) local r = room(id) return r[name](r, ...) end
function player_method(id, index, name, ...) local p = player(id, index) return p[name](p, ...) end

function players(id)
  local list, ids = room(id):getPlayers(), {}
  for i = 0, list:length() - 1 do ids[i + 1] = list:at(i):getId() end
  return ids
end
function by_ipairs(id)
  local ids = {}
  for i, p in ipairs(room(id):getPlayers()) do ids[i] = p.id end
  return ids
end
function look_at_player(id, index)
  local p = player(id, index)
  local data = p:getGameData()
  return fk.object { id = p:getId(), name = p:getScreenName(), avatar = p:getAvatar(),
    time = p:getTotalGameTime(), state = p:getState(), data = { data:at(0), data:at(1), data:at(2) },
    length = data:length() }
end
function owner(id) local o = room(id):getOwner() return o and o:getId() end
function observers(id)
  local list, ids = room(id):getObservers(), {}
  for i = 0, list:length() - 1 do ids[i + 1] = list:at(i):getId() end
  return ids
end
function observes(id, index) return room(id):hasObserver(player(id, index)) end
function observes_itself(id) return room(id):hasObserver(room(id):getObservers():at(0)) end
function states()
  return { fk.Player_Invalid, fk.Player_Online, fk.Player_Trust, fk.Player_Run, fk.Player_Leave,
    fk.Player_Robot, fk.Player_Offline }
end

-- Methods of the table that an object lacks: none, if the objects are made from it.
function lacking(id)
  local objects = { room = room(id), player = player(id, 0), thread = thread, task = thread:getTask(1) }
  local lacking, seen = {}, 0
  for _, row in ipairs(require "fk.freekill.methods") do
    if row.on then seen = seen + 1 end
    if row.on and type(objects[row.on][row.as]) ~= "function" then lacking[#lacking + 1] = row.name end
  end
  return { lacking, seen > 30 }
end
