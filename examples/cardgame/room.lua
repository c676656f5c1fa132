-- SPDX-License-Identifier: MIT
-- One game on the server: its coroutine, its players, its waiting, and who comes and goes.
local cards = require "cards"
local generator = require "random"
local requests = require "requests"
local rules = require "rules"
local view = require "view"

local WON, LOST = 1, 2 -- as the server counts results

local Room = { commands = {} }
Room.__index = Room
Room.ask = requests.ask

-- Settings that hold "seed=N" make a game that can be played again, card for card.
local function seed_of(server_room)
  local seed = tostring(server_room:settings()):match "seed=(%d+)"
  return seed and math.tointeger(tonumber(seed)) or math.floor(fk.GetMicroSecond()) * 1000003 + server_room:getId()
end

function Room.new(server_room)
  local room = setmetatable({
    id = server_room:getId(), server_room = server_room,
    random = generator(seed_of(server_room)),
    players = {}, pile = {}, round = 0,
    asked = {}, -- by player: the question that waits for an answer
    nudges = 0, -- delays asked for by nudge() that are still to come
  }, Room)
  for client in view.each(server_room:getPlayers()) do
    local seat = #room.players + 1
    room.players[seat] = {
      seat = seat, id = client:getId(), name = client:getScreenName(), client = client,
      health = rules.HEALTH, hand = {}, alive = true,
    }
  end
  room.deck = cards.deck(#room.players, room.random)
  room.coroutine = coroutine.create(function() room:run() end)
  room:nudge() -- the game begins when the server resumes the room
  return room
end

function Room:run()
  for _, player in ipairs(self.players) do view.enter(self, player.client, player) end
  self.winner = rules.play(self)
end

-- True: the game is over, by its rules, by an error, or because nobody is left to play it.
function Room:resume(reason)
  if reason == "delay_done" and self.nudges > 0 then
    self.nudges = self.nudges - 1
    reason = "nudge"
  end
  if reason == "abandon" or self:deserted() then
    coroutine.close(self.coroutine)
  else
    local good, problem = coroutine.resume(self.coroutine, reason)
    if not good then fk.qCritical(debug.traceback(self.coroutine, ("room %d: %s"):format(self.id, problem))) end
  end
  return coroutine.status(self.coroutine) == "dead"
end

-- Tells everybody how it ended.
function Room:finish()
  self.server_room:destroyRequestTimer()
  view.over(self, self.winner)
  for _, player in ipairs(self.winner and self.players or {}) do
    if player.client:getState() ~= fk.Player_Robot then
      local result = player == self.winner and WON or LOST
      self.server_room:updatePlayerWinRate(player.id, "tidefall", "", result)
    end
  end
  self.server_room:gameOver()
end

-- All people ran away or left. Rooms of computers alone play on, and who is only offline may come back.
function Room:deserted()
  local people, gone = 0, 0
  for _, player in ipairs(self.players) do
    local state = player.client:getState()
    if state ~= fk.Player_Robot then people = people + 1 end
    if state == fk.Player_Run or state == fk.Player_Leave then gone = gone + 1 end
  end
  return gone > 0 and gone == people
end

function Room:delay(ms)
  self.server_room:delay(ms)
  repeat until coroutine.yield() == "delay_done"
end

-- Has the server resume this room soon. A request handler must not: nobody would hear that the game is over.
function Room:nudge()
  self.nudges = self.nudges + 1
  self.server_room:delay(0)
end

-- From the next seat on, around the table.
function Room:rivals(player)
  local rivals, count = {}, #self.players
  for step = 0, count - 2 do
    local other = self.players[(player.seat + step) % count + 1]
    if other.alive then rivals[#rivals + 1] = other end
  end
  return rivals
end

function Room:find(id)
  for _, player in ipairs(self.players) do
    if player.id == id then return player end
  end
end

-- For RoomInfo.
function Room:describe()
  local players = {}
  for seat, player in ipairs(self.players) do
    players[seat] = {
      id = player.id, name = player.name, health = player.health, cards = #player.hand, alive = player.alive,
      state = player.client:getState(), asked = self.asked[player] ~= nil,
    }
  end
  return {
    id = self.id, game = "Tidefall", round = self.round, turn = self.turn and self.turn.seat or 0,
    deck = #self.deck, pile = #self.pile, players = players, observers = self.server_room:getObservers():length(),
  }
end

-- What people do besides answering; HandleRequest calls these.

function Room.commands.reconnect(room, id)
  local player = room:find(id)
  if not player then return end
  view.log(room, "%s is back", player.name)
  view.enter(room, player.client, player)
  requests.repeat_to(room, player)
end

local function tell_observer(room, id, text)
  for observer in view.each(room.server_room:getObservers()) do
    if observer:getId() == id then
      view.log(room, text, observer:getScreenName())
      return observer
    end
  end
end

function Room.commands.observe(room, id)
  local observer = tell_observer(room, id, "%s watches")
  if observer then view.enter(room, observer) end
end

function Room.commands.leave(room, id)
  tell_observer(room, id, "%s watches no more")
end

-- The rules see to it before the next card is played.
function Room.commands.surrender(room, id)
  local player = room:find(id)
  if not player or not player.alive or player.surrendered then return end
  player.surrendered = true
  room:nudge()
end

return Room
