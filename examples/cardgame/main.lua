-- SPDX-License-Identifier: MIT
-- Tidefall, a card game for fkvm: the functions that a server calls. README.md has the rules.
require "fk.freekill"
local here = debug.getinfo(1, "S").source:match "^@(.*/)" or "./"
package.path = here .. "?.lua;" .. package.path
local Room = require "room"

local LOBBY = -1

local thread -- of the server; knows the rooms on its side
local rooms = {} -- games that go on, by id

function InitScheduler(server_thread)
  thread = server_thread
end

-- "ROOM,PLAYER,COMMAND[,DATA...]"; in the lobby PLAYER is the id of the room to open.
function HandleRequest(request)
  local room_id, id, command = request:match "^(%-?%d+),(%-?%d+),([^,]*)"
  room_id, id = tonumber(room_id), tonumber(id)
  if room_id == LOBBY then
    local server_room = command == "newroom" and not rooms[id] and thread:getRoom(id)
    if not server_room then return false end
    rooms[id] = Room.new(server_room)
    return true
  end
  local room, handle = rooms[room_id], Room.commands[command]
  if not room or not handle then return false end
  handle(room, id)
  return true
end

-- True: the room is over.
function ResumeRoom(id, reason)
  local room = rooms[id]
  if not room then return false end
  local over = room:resume(reason)
  if over then
    rooms[id] = nil
    room:finish()
  end
  return over
end

-- For the server's admins: the ids of all rooms, one room, and the bytes that Lua holds.
function RoomList()
  local ids = {}
  for id in pairs(rooms) do ids[#ids + 1] = id end
  table.sort(ids)
  return ids
end

function RoomInfo(id)
  return rooms[id] and rooms[id]:describe()
end

function MemoryUsage()
  return math.floor(collectgarbage "count" * 1024)
end
