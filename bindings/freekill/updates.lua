-- SPDX-License-Identifier: MIT
-- What the server calls: to keep rooms and players up to date, and to resume many rooms in one call.
local native, fk = ...

local given, rooms = require "fk.freekill.given", require "fk.freekill.objects".rooms
local notify, rawget, ipairs, pairs, type, remove = native.notify, rawget, ipairs, pairs, type, table.remove

-- A script may have a global of the same name; it is called afterwards.
local updates = {}

local function change(object, changes)
  for name, value in pairs(changes) do object[name] = name == "gameData" and fk.QList(value) or value end
end

-- UpdateRoom(room, {ownerId = 7}), UpdatePlayer(room, player, {totalGameTime = 3600}): what shapes.lua calls live.
function updates.UpdateRoom(room_id, changes)
  local room = rooms[room_id]
  if room then change(room, given.changes("room", changes, "UpdateRoom")) end
  return room ~= nil
end

function updates.UpdatePlayer(room_id, player_id, changes)
  local room, known = rooms[room_id], false
  changes = given.changes("player", changes, "UpdatePlayer")
  for _, list in ipairs(room and { room.players, room.observers } or {}) do
    for _, player in ipairs(list) do
      if player.id == player_id then
        change(player, changes)
        known = true
      end
    end
  end
  return known
end

function updates.SetPlayerState(room_id, player_id, state)
  return updates.UpdatePlayer(room_id, player_id, { state = state })
end

function updates.AddObserver(room_id, observer)
  local room, data = rooms[room_id], given.object("player", observer, "AddObserver")
  if not room or not data then return false end
  local observers = room.observers
  observers[#observers + 1] = fk.ServerPlayer(data)
  return true
end

function updates.RemoveObserver(room_id, player_id)
  local room = rooms[room_id]
  for i, observer in ipairs(room and room.observers or {}) do
    if observer.id == player_id then
      remove(room.observers, i)
      return true
    end
  end
  return false
end

local globals, answers = _G, native.answers
local microseconds = native.microseconds
local together = 10000 -- us after which ResumeRooms leaves the rest to the next call

-- ResumeRooms{{room, reason}, ...}: ResumeRoom for each, so that rooms which are ready at the same time cost
-- one call. RoomThread_resumed(room, over) reports each that is done. An error ends the call: it is that of
-- the first room that has not been reported; those behind it have not been touched.
function answers.ResumeRooms(list)
  local finish = microseconds() + together
  for i, entry in ipairs(list) do
    if i > 1 and microseconds() > finish then return end
    local room = entry[1]
    notify("RoomThread_resumed", room, globals.ResumeRoom(room, entry[2]) == true)
  end
end

-- AbandonRoom(room): ends a room, or a task, whose call has failed. The core goes on with a room as long as it
-- sees people there, so they are gone from it first. true: it was there, and is over.
function answers.AbandonRoom(room_id)
  local room = rooms[room_id]
  for _, player in ipairs(room and room.players or {}) do
    if player.state == fk.Player_Online or player.state == fk.Player_Trust then player.state = fk.Player_Run end
  end
  return globals.ResumeRoom(room_id, room_id < 0 and "abort" or "abandon") == true
end

for name, update in pairs(updates) do
  answers[name] = function(...)
    local known = update(...)
    local own = rawget(globals, name)
    if known and type(own) == "function" then own(...) end
    return known
  end
end
native.learn_answers()
