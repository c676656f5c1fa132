-- SPDX-License-Identifier: MIT
-- What the packages of a generated game are made of, and the board on which their skills meet. It
-- keeps generals and skills for all games, and a record of each game, as FreeKill's core does.
-- generate.lua writes the packages.
local board = { generals = {}, skills = {}, texts = {} }
local CARDS, DEALT = 108, 6 -- on the board, and of a player at first
local GENERALS = 2 -- of each player

local Skill = {}
Skill.__index = Skill

function Skill:effect(event, effect)
  local effects = self.effects[event] or {}
  self.effects[event] = effects
  effects[#effects + 1] = effect
end

function board.skill(skill)
  skill.effects = {}
  board.skills[skill.name] = skill
  table.insert(skill.general.skills, skill)
  return setmetatable(skill, Skill)
end

function board.general(general)
  general.skills = {}
  table.insert(board.generals, general)
  return general
end

function board.words(texts)
  for key, text in pairs(texts) do board.texts[key] = text end
end

local Player = {}
Player.__index = Player

function Player:has(skill) return self.skills[skill] ~= nil end
function Player:marked(mark) return self.marks[mark] or 0 end

local Game = {}
Game.__index = Game

local function numbers(seed)
  return function(most)
    seed = (seed * 1103515245 + 12345) & 0x7fffffff
    return (seed >> 8) % most + 1
  end
end

local function new_player(game, seat)
  local player = setmetatable({
    seat = seat, name = "seat " .. seat, health = 4,
    cards = {}, marks = {}, skills = {}, order = {},
  }, Player)
  for _ = 1, math.min(GENERALS, #game.generals) do
    local general = table.remove(game.generals, game.random(#game.generals))
    for _, skill in ipairs(general.skills) do
      player.skills[skill.name] = { skill = skill, used = 0 }
      table.insert(player.order, skill)
    end
  end
  return player
end

function board.deal(seed, seats)
  local game = setmetatable({
    random = numbers(seed), generals = table.move(board.generals, 1, #board.generals, 1, {}),
    players = {}, pile = {}, records = {}, round = 0,
  }, Game)
  local kinds = { "Tide", "Cinder", "Thorn" }
  for id = 1, CARDS do game.pile[id] = { id = id, kind = kinds[id % 3 + 1], value = id % 9 + 1 } end
  for seat = 1, seats do
    game.players[seat] = new_player(game, seat)
    game:draw(game.players[seat], DEALT)
  end
  return game
end

function Game:others(player, chosen)
  local others = {}
  for _, other in ipairs(self.players) do
    if other ~= player and (not chosen or chosen(other)) then others[#others + 1] = other end
  end
  return others
end

function Game:draw(player, count)
  for _ = 1, math.min(count, #self.pile) do
    table.insert(player.cards, table.remove(self.pile, self.random(#self.pile)))
  end
end

function Game:move(from, to, count)
  for _ = 1, math.min(count, #from.cards) do table.insert(to.cards, table.remove(from.cards, 1)) end
end

function Game:mark(player, mark, count)
  player.marks[mark] = player:marked(mark) + count
end

function Game:say(skill, text, ...)
  local record = self.records[#self.records]
  table.insert(record.said, { skill = skill, name = board.texts[skill], text = text:format(...) })
end

function Game:last(count)
  return table.move(self.records, math.max(#self.records - count, 1), #self.records - 1, 1, {})
end

local function use(game, effect, skill, player, data)
  if not effect.can(game, player, data) then return end
  if effect.cost and not effect.cost(game, player, data) then return end
  effect.use(game, player, data)
  player.skills[skill.name].used = player.skills[skill.name].used + 1
  table.insert(data.record.uses, {
    skill = skill.name, seat = player.seat, cost = data.cost, shown = data.shown,
  })
end

-- Each skill of each player is asked whether it can, wants to, and does.
function Game:happen(event, player)
  local record = { event = event, player = player.seat, round = self.round, said = {}, uses = {} }
  table.insert(self.records, record)
  for _, asked in ipairs(self.players) do
    for _, skill in ipairs(asked.order) do
      for _, effect in ipairs(skill.effects[event] or {}) do
        use(self, effect, skill, asked, { event = event, player = player, record = record })
      end
    end
  end
end

local course = { "turn", "draw", "strike", "answer", "hurt", "heal", "discard", "fall" }
function Game:turn()
  self.round = self.round + 1
  for _, player in ipairs(self.players) do
    for _, event in ipairs(course) do self:happen(event, player) end
    while #player.cards > DEALT do table.insert(self.pile, table.remove(player.cards, 1)) end
    self:draw(player, DEALT - #player.cards)
  end
end

return board
