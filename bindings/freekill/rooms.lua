-- SPDX-License-Identifier: MIT
-- Rooms and players of the server as objects: plain tables whose methods call host methods. Also the
-- methods that the server calls to keep them up to date.
local native, fk = ...

local call, notify, notifier = native.call, native.notify, native.notifier
local tostring, type, rawget = tostring, type, rawget
local getmetatable, setmetatable, ipairs, pairs, remove = getmetatable, setmetatable, ipairs, pairs, table.remove

local function bytes(value)
  return type(value) == "string" and value or tostring(value)
end

-- notifier(method, key [, n, text]): a method that sends the object's key and its arguments and waits for nothing; n
-- parameters if given, the one at `text` as bytes(). In C, because 97 % of all traffic is doNotify.

-- The same in Lua, waiting for the result.
local function caller(method, key)
  return function(self, ...) return call(method, self[key], ...) end
end

local function getter(field)
  return function(self) return self[field] end
end

local player_methods = {
  getId = getter "id",
  getScreenName = getter "screenName",
  getAvatar = getter "avatar",
  getTotalGameTime = getter "totalGameTime",
  getGameData = getter "gameData",
  getState = getter "state",

  doNotify = notifier("ServerPlayer_doNotify", "connId", 3, 3), -- (command, payload)
  doRequest = notifier("ServerPlayer_doRequest", "connId", 5, 3), -- (command, payload, timeout, timestamp)
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
  setDied = notifier("ServerPlayer_setDied", "connId"),
  emitKick = notifier("ServerPlayer_emitKick", "connId"),
  saveState = function(self, text) notify("ServerPlayer_saveState", self.connId, bytes(text)) end,
  getSaveState = caller("ServerPlayer_getSaveState", "connId"),
  saveGlobalState = function(self, key, text)
    notify("ServerPlayer_saveGlobalState", self.connId, bytes(key), bytes(text))
  end,
  getGlobalSaveState = function(self, key)
    return call("ServerPlayer_getGlobalSaveState", self.connId, bytes(key))
  end,
}
local player_meta = { __index = player_methods }

-- By connId: what all objects of a player share. A server that gives `thinking` with a player leaves it to the script, and is
-- never asked for it.
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

local room_methods = {
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

  delay = notifier("Room_delay", "id"),
  setRequestTimer = notifier("Room_setRequestTimer", "id"),
  destroyRequestTimer = notifier("Room_destroyRequestTimer", "id"),
  updatePlayerWinRate = notifier("Room_updatePlayerWinRate", "id"),
  updateGeneralWinRate = notifier("Room_updateGeneralWinRate", "id"),
  gameOver = notifier("Room_gameOver", "id"),
  increaseRefCount = notifier("Room_increaseRefCount", "id"),
  decreaseRefCount = notifier("Room_decreaseRefCount", "id"),
  getSessionId = caller("Room_getSessionId", "id"),
  getSessionData = caller("Room_getSessionData", "id"),
  setSessionData = function(self, text) notify("Room_setSessionData", self.id, bytes(text)) end,
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
  saveGlobalState = function(self, key, text)
    notify("Room_saveGlobalState", self.id, bytes(key), bytes(text))
  end,
  getGlobalSaveState = function(self, key)
    return call("Room_getGlobalSaveState", self.id, bytes(key))
  end,
}
local room_meta = { __index = room_methods }

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

local task_meta = {
  __index = {
    getId = getter "id",
    getUserConnId = getter "connId",
    getUserId = getter "userId",
    getTaskType = getter "taskType",
    getData = getter "data",
    getPlayer = function(self)
      local data = call("Task_getPlayer", self.id)
      return type(data) == "table" and fk.ServerPlayer(data) or nil
    end,
    delay = notifier("Task_delay", "id"),
    saveGlobalState = function(self, key, text)
      notify("Task_saveGlobalState", self.id, bytes(key), bytes(text))
    end,
    getGlobalSaveState = function(self, key)
      return call("Task_getGlobalSaveState", self.id, bytes(key))
    end,
    decreaseRefCount = notifier("Task_decreaseRefCount", "id"),
  },
}

local function task(data)
  if type(data) ~= "table" then return nil end
  local copy = {}
  for key, value in pairs(data) do copy[key] = value end
  return setmetatable(copy, task_meta)
end

function fk.RoomThread()
  return {
    getRoom = function(_, id)
      local data = call("RoomThread_getRoom", id)
      return type(data) == "table" and fk.Room(data) or nil
    end,
    getTask = function(_, id) return task(call("Server_getTask", id)) end,
  }
end

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

local globals = _G
local microseconds = native.microseconds
local together = 10000 -- us after which ResumeRooms leaves the rest to the next call

local answers = {
  -- ResumeRooms{{room, reason}, ...}: ResumeRoom for each, so that rooms which are ready at the same time cost one
  -- call. RoomThread_resumed(room, over) reports each that is done. An error ends the call: it is that of the first room that
  -- has not been reported; those behind it have not been touched.
  ResumeRooms = function(list)
    local finish = microseconds() + together
    for i, entry in ipairs(list) do
      if i > 1 and microseconds() > finish then return end
      local room = entry[1]
      notify("RoomThread_resumed", room, globals.ResumeRoom(room, entry[2]) == true)
    end
  end,
  ping = function() return "PONG" end,
  bye = function() return "Goodbye" end,
}
for name, update in pairs(updates) do
  answers[name] = function(...)
    local known = update(...)
    local own = rawget(globals, name)
    if known and type(own) == "function" then own(...) end
    return known
  end
end
native.answers = answers
return answers
