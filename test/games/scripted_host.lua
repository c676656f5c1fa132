-- SPDX-License-Identifier: MIT
-- A server in plain Lua for tests of a game: states, replies and observers are what the test says, and every
-- message is kept.
local Host = {}
Host.__index = Host

local STATES = { Invalid = 0, Online = 1, Trust = 2, Run = 3, Leave = 4, Robot = 5, Offline = 6 }

local list_meta = { __index = {
  at = function(self, i) return self[i + 1] end,
  length = function(self) return #self end,
} }

local player_methods = {
  getId = function(self) return self.id end,
  getScreenName = function(self) return self.name end,
  getAvatar = function() return "" end,
  getState = function(self) return self.state end,
  setThinking = function(self, thinking) self.is_thinking = thinking end,
  thinking = function(self) return self.is_thinking end,
  setDied = function(self, died) self.died = died end,
}

function player_methods:doNotify(command, payload)
  self.host.notifies = self.host.notifies + 1
  self.inbox[#self.inbox + 1] = { command = command, payload = payload }
end

function player_methods:doRequest(command, payload, timeout, timestamp)
  assert(math.type(timestamp) == "integer", "a request needs a timestamp in whole milliseconds")
  self.request = { command = command, payload = payload, timeout = timeout }
  self.requests = self.requests + 1
  self.reply = nil
end

function player_methods:waitForReply()
  return self.reply or "__notready"
end

local room_methods = {
  getId = function(self) return self.id end,
  getPlayers = function(self) return self.players end,
  getObservers = function(self) return self.observers end,
  getTimeout = function() return 15 end,
  settings = function(self) return self.text end,
  delay = function(self) table.insert(self.due, "delay_done") end,
  setRequestTimer = function(self) self.timer = true end,
  destroyRequestTimer = function(self) self.timer = false end,
  gameOver = function(self) self.over = true end,
  updatePlayerWinRate = function(self, id, _, _, result) self.results[id] = result end,
}

-- Loads the game in the folder into this Lua state.
function Host.load(dir)
  fk = { GetMicroSecond = function() return math.floor(os.clock() * 1e6) end, criticals = {} }
  for name, value in pairs(STATES) do fk["Player_" .. name] = value end
  fk.qCritical = function(text) table.insert(fk.criticals, text) end
  package.preload["fk.freekill"] = function() return fk end
  dofile(dir .. "/main.lua")
  local host = setmetatable({ rooms = {}, notifies = 0 }, Host)
  InitScheduler { getRoom = function(_, id) return host.rooms[id] end }
  return host
end

function Host:person(id, state)
  local person = { host = self, id = id, name = "p" .. id, state = STATES[state], inbox = {}, requests = 0 }
  return setmetatable(person, { __index = player_methods })
end

-- states: of the players, whose ids are 1, 2, ...
function Host:open(id, states, settings)
  local players = {}
  for i, state in ipairs(states) do players[i] = self:person(i, state) end
  self.rooms[id] = setmetatable({
    id = id, players = setmetatable(players, list_meta), observers = setmetatable({}, list_meta),
    text = settings or "", due = {}, results = {}, resumes = 0,
  }, { __index = room_methods })
  assert(HandleRequest("-1," .. id .. ",newroom"))
  return self.rooms[id]
end

-- Resumes the room once: with what is due, else with the timer. True: it is over.
function Host:step(room)
  local reason = table.remove(room.due, 1) or (room.timer and "request_timer")
  assert(reason, "the room waits for nothing")
  room.resumes = room.resumes + 1
  return ResumeRoom(room.id, reason)
end

-- Until the room is over or at(room) says so; a game that needs more resumes than the limit never ends.
function Host:play(room, at)
  for _ = 1, 5000 do
    if at and at(room) then return false end
    if self:step(room) then return true end
  end
  error("the game does not end")
end

function Host.set_state(player, state) player.state = STATES[state] end

return Host
