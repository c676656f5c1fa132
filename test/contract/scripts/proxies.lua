-- SPDX-License-Identifier: MIT
-- Uses rooms and players as games do, each method by its name.
require "fk.freekill"

local thread, server
function InitScheduler(its_thread, its_server) thread, server = its_thread, its_server end

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

-- The table of host methods: of each row the name, the kind and the types of its parameters.
function table_rows()
  local rows = {}
  for _, row in ipairs(require "fk.freekill.methods") do
    local types = {}
    for i, param in ipairs(row.params) do types[i] = param[2] end
    if row.on then rows[#rows + 1] = { row.name, row.kind, types } end
  end
  return rows
end

-- Calls the method of an object that the table has for a host method; false: there is none.
local samples = { int = 5, number = 2.5, ["number?"] = 2.5, bool = true, string = "s", value = "v", text = 12 }
function use_method(id, name)
  local objects = { room = room(id), player = player(id, 0), thread = thread, server = server,
    task = server:getTask(id) }
  for _, row in ipairs(require "fk.freekill.methods") do
    if row.name == name then
      local object, own_key = objects[row.on], row.on ~= "thread" and row.on ~= "server"
      if type(object[row.as]) ~= "function" then return false end
      local given = {}
      for i = own_key and 2 or 1, #row.params do given[#given + 1] = samples[row.params[i][2]] end
      if name == "Room_removeNpc" then given = { { connId = 5 } } end -- it takes the player
      object[row.as](object, table.unpack(given))
      return true
    end
  end
end

-- What the debug library says of a player's method: C, or Lua.
function made_of(id, name) return debug.getinfo(player(id, 0)[name], "S").what end
