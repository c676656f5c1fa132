-- SPDX-License-Identifier: MIT
-- Rooms, players and tasks of the server as objects: plain tables whose methods call host methods, by the
-- table in methods.lua. What the server calls to keep them up to date is in updates.lua.
local native, fk = ...

local given = require "fk.freekill.given"
local call, notify, notifier, warning = native.call, native.notify, native.notifier, fk.warning
local tostring, type, pcall = tostring, type, pcall
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

-- The answer of a host method, or nil where it failed: as in the core's own remote mode that is a warning, and no
-- end of the room that asked.
local function ask(name, ...)
  local ok, answer = pcall(call, name, ...)
  if ok then return answer end
  warning("%s", tostring(answer))
  return nil
end

-- The object that a host method answers; nil: there is none. Without it nobody can go on, so a failure is an error.
local function ask_for(kind, name, ...)
  return given.object(kind, call(name, ...), name .. "(" .. tostring((...)) .. ")")
end

local function asking(row, key)
  local name, text = row.name, texts_of(row)[1]
  if text ~= 1 then return function(self, ...) return ask(name, self[key], ...) end end
  return function(self, first, ...) return ask(name, self[key], bytes(first), ...) end
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

  waitForReply = function(self, timeout) -- of who is gone: given up
    local reply = ask("ServerPlayer_waitForReply", self.connId, timeout or 0)
    if reply == nil then return "__cancel" end
    return reply
  end,
  thinking = function(self)
    local known = self.mind.thinking
    if known == nil then return ask("ServerPlayer_thinking", self.connId) end
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
    local data = ask_for("player", "Room_addNpc", self.id)
    if not data then return nil end
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

local function people(list)
  local objects = {}
  for i, data in ipairs(list or {}) do objects[i] = fk.ServerPlayer(data) end
  return fk.QList(objects)
end

function fk.Room(data)
  local room = setmetatable({
    id = data.id,
    players = people(data.players),
    ownerId = data.ownerId,
    observers = people(data.observers),
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
    local data = ask_for("player", "Task_getPlayer", self.id)
    return data and fk.ServerPlayer(data)
  end,
}) }

-- What InitScheduler gets: the thread of this VM, which has the rooms, and its server, which has the tasks.
local thread_meta = { __index = {
  getRoom = function(_, id)
    local data = ask_for("room", "RoomThread_getRoom", id)
    return data and fk.Room(data)
  end,
} }
local server_meta = { __index = {
  getTask = function(_, id)
    local data = ask_for("task", "Server_getTask", id)
    return data and setmetatable(data, task_meta)
  end,
} }
function fk.RoomThread() return setmetatable({}, thread_meta) end
function fk.Server() return setmetatable({}, server_meta) end

return { rooms = rooms }
