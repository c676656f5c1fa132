-- SPDX-License-Identifier: MIT
-- Rooms, players and tasks of the server as objects: plain tables whose methods call host methods, by the
-- table in methods.lua. Also what the server calls to keep them up to date.
local native, fk = ...

local call, notify, notifier = native.call, native.notify, native.notifier
local tostring, type, rawget = tostring, type, rawget
local setmetatable, ipairs, pairs = setmetatable, ipairs, pairs
local remove, unpack = table.remove, table.unpack

local function bytes(value)
  return type(value) == "string" and value or tostring(value)
end

local function getter(field)
  return function(self) return self[field] end
end

-- Which of the parameters are text, which is to cross as bytes whatever a script gives.
local function texts_of(row)
  local texts = {}
  for i = 2, #row.params do
    if row.params[i][2] == "text" then texts[#texts + 1] = i - 1 end
  end
  return texts
end

-- notifier(method, key [, n, text]): a method that sends the object's key and its arguments and waits for
-- nothing; n parameters if given, the one at `text` as bytes. In C, because 97 % of all traffic is doNotify.
local function notifying(row, key)
  local texts = texts_of(row)
  if #texts == 0 then return notifier(row.name, key) end
  if #texts == 1 then return notifier(row.name, key, #row.params, texts[1] + 1) end
  local name = row.name
  return function(self, ...)
    local arguments = { ... }
    for _, i in ipairs(texts) do arguments[i] = bytes(arguments[i]) end
    notify(name, self[key], unpack(arguments, 1, #row.params - 1))
  end
end

local function asking(row, key)
  local name, text = row.name, texts_of(row)[1]
  if text ~= 1 then return function(self, ...) return call(name, self[key], ...) end end
  return function(self, first, ...) return call(name, self[key], bytes(first), ...) end
end

local keys = { player = "connId", room = "id", task = "id" }

-- The methods of one kind of object that are nothing but a host method.
local function methods_of(object, own)
  local key = keys[object]
  for _, row in ipairs(native.method_table) do
    if row.on == object and not own[row.as] then
      own[row.as] = row.kind == "notify" and notifying(row, key) or asking(row, key)
    end
  end
  return own
end

-- A list as Qt's: at(i) from 0, length(). It stays an ordinary sequence for ipairs.
local list_meta = {
  __index = {
    at = function(self, i) return self[i + 1] end,
    length = function(self) return #self end,
  },
}
function fk.QList(items)
  return setmetatable(items, list_meta)
end

local player_meta = { __index = methods_of("player", {
  getId = getter "id",
  getScreenName = getter "screenName",
  getAvatar = getter "avatar",
  getTotalGameTime = getter "totalGameTime",
  getGameData = getter "gameData",
  getState = getter "state",

  waitForReply = function(self, timeout)
    return call("ServerPlayer_waitForReply", self.connId, timeout or 0)
  end,
  thinking = function(self)
    local known = self.mind.thinking
    if known == nil then return call("ServerPlayer_thinking", self.connId) end
    return known
  end,
  setThinking = function(self, thinking)
    notify("ServerPlayer_setThinking", self.connId, thinking)
    local mind = self.mind
    if mind.thinking ~= nil then mind.thinking = not not thinking end
  end,
}) }

-- By connId: what all objects of a player share. If the server sends `thinking` with a player, it is the
-- script's from then on, and the server is no longer asked for it.
local minds = setmetatable({}, { __mode = "v" })

function fk.ServerPlayer(data)
  local mind = minds[data.connId] or {}
  minds[data.connId] = mind
  if data.thinking ~= nil then mind.thinking = data.thinking end
  return setmetatable({
    mind = mind,
    connId = data.connId,
    id = data.id,
    screenName = data.screenName,
    avatar = data.avatar,
    totalGameTime = data.totalGameTime,
    state = data.state,
    gameData = fk.QList(data.gameData or { 0, 0, 0 }),
  }, player_meta)
end

local room_meta = { __index = methods_of("room", {
  getId = getter "id",
  getPlayers = getter "players",
  getObservers = getter "observers",
  getTimeout = getter "timeout",
  settings = getter "roomSettings",

  getOwner = function(self)
    for _, player in ipairs(self.players) do
      if player.id == self.ownerId then return player end
    end
  end,
  hasObserver = function(self, player)
    for _, observer in ipairs(self.observers) do
      if observer.id == player.id then return true end
    end
    return false
  end,
  addNpc = function(self) -- the server answers with the new player, who joins the room's list
    local data = call("Room_addNpc", self.id)
    if type(data) ~= "table" then return nil end
    local npc = fk.ServerPlayer(data)
    self.players[#self.players + 1] = npc
    return npc
  end,
  removeNpc = function(self, npc)
    notify("Room_removeNpc", self.id, npc.connId)
    for i, player in ipairs(self.players) do
      if player == npc then remove(self.players, i) end
    end
  end,
}) }

-- Rooms that the script still holds, by id: what the server's updates go to.
local rooms = setmetatable({}, { __mode = "v" })

function fk.Room(data)
  local players = {}
  for i, player in ipairs(data.players) do players[i] = fk.ServerPlayer(player) end
  local room = setmetatable({
    id = data.id,
    players = fk.QList(players),
    ownerId = data.ownerId,
    observers = fk.QList {},
    timeout = data.timeout,
    roomSettings = data.settings,
  }, room_meta)
  rooms[room.id] = room
  return room
end

local task_meta = { __index = methods_of("task", {
  getId = getter "id",
  getUserConnId = getter "connId",
  getUserId = getter "userId",
  getTaskType = getter "taskType",
  getData = getter "data",
  getPlayer = function(self)
    local data = call("Task_getPlayer", self.id)
    return type(data) == "table" and fk.ServerPlayer(data) or nil
  end,
}) }

local function task(data)
  if type(data) ~= "table" then return nil end
  local copy = {}
  for key, value in pairs(data) do copy[key] = value end
  return setmetatable(copy, task_meta)
end

-- What InitScheduler gets: the thread of this VM, which has the rooms, and its server, which has the tasks.
local thread_meta = { __index = {
  getRoom = function(_, id)
    local data = call("RoomThread_getRoom", id)
    return type(data) == "table" and fk.Room(data) or nil
  end,
} }
local server_meta = { __index = {
  getTask = function(_, id) return task(call("Server_getTask", id)) end,
} }
function fk.RoomThread() return setmetatable({}, thread_meta) end
function fk.Server() return setmetatable({}, server_meta) end

-- What the server calls. A script may have a global of the same name; it is called afterwards.
local updates = {}

function updates.SetPlayerState(room_id, player_id, state)
  local room = rooms[room_id]
  for _, player in ipairs(room and room.players or {}) do
    if player.id == player_id then
      player.state = state
      return true
    end
  end
  return false
end

function updates.AddObserver(room_id, observer)
  local room = rooms[room_id]
  if not room or type(observer) ~= "table" then return false end
  local observers = room.observers
  observers[#observers + 1] = fk.ServerPlayer(observer)
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

for name, update in pairs(updates) do
  answers[name] = function(...)
    local known = update(...)
    local own = rawget(globals, name)
    if known and type(own) == "function" then own(...) end
    return known
  end
end
native.learn_answers()
