-- SPDX-License-Identifier: MIT
-- What a player may do in a turn, and what comes of it.
local cards = require "cards"
local computer = require "computer"
local moves = require "moves"
local options = require "options"
local view = require "view"

local actions = {}

local function answers_to(attack, attacker)
  return function(player)
    local list = { options.none("pass", "let it in: lose 1 health") }
    for _, card in ipairs(player.hand) do
      local outcome = cards.value(card) and cards.meet(attack, card)
      if outcome == "hold" then
        list[#list + 1] = options.card(card, cards.label(card) .. ": holds")
      elseif outcome == "riposte" then
        local option = options.card(card, ("%s: holds, and %s loses 1 health"):format(cards.label(card), attacker.name))
        option.riposte = true
        list[#list + 1] = option
      end
    end
    return list
  end
end

local function attack(room, player, card, target)
  room.struck = true
  view.log(room, "%s attacks %s with %s", player.name, target.name, cards.label(card))
  local prompt = ("%s attacks you with %s. Your answer?"):format(player.name, cards.label(card))
  local option = room:ask({ target }, prompt, answers_to(card, player), computer.defend)[target]
  if not option.card then return moves.hurt(room, target, player.name) end
  moves.discard(room, target, option.card)
  view.log(room, "%s holds with %s", target.name, cards.label(option.card))
  if option.riposte then moves.hurt(room, player, target.name) end
end

-- All are asked at the same time; then it happens around the table.
local function gale(room, player)
  view.log(room, "%s calls a gale", player.name)
  local rivals = room:rivals(player)
  local chosen = room:ask(rivals, "A gale: throw a card into it?", function(rival)
    local list = options.any_card(rival)
    table.insert(list, 1, options.none("pass", "keep your cards: lose 1 health"))
    return list
  end, computer.give)
  for _, rival in ipairs(rivals) do
    local card = chosen[rival].card
    if card then moves.discard(room, rival, card) else moves.hurt(room, rival, "the gale") end
  end
end

local effects = {
  Spring = moves.heal,
  Lantern = function(room, player) moves.draw(room, player, 2) end,
  Gale = gale,
}

local function may_play(room, player, kind)
  return kind ~= "Spring" or (not room.flood and player.health < moves.HEALTH)
end

-- Ending the turn, each tool that is of use, and one attack a turn, on anybody.
local function choices(room, player)
  local list = { options.none("end", "end your turn") }
  local rivals = room.struck and {} or room:rivals(player)
  for _, card in ipairs(player.hand) do
    if not cards.value(card) then
      if may_play(room, player, cards.kind(card)) then list[#list + 1] = options.card(card) end
    else
      for _, rival in ipairs(rivals) do list[#list + 1] = options.target(card, rival) end
    end
  end
  return list
end

-- False: the player has ended the turn.
function actions.play_one(room, player)
  local option = room:ask({ player }, "Your turn: play a card", function() return choices(room, player) end,
    computer.play)[player]
  if not option.card then return false end
  moves.discard(room, player, option.card)
  if option.target then
    attack(room, player, option.card, option.target)
  else
    view.log(room, "%s plays %s", player.name, cards.label(option.card))
    effects[cards.kind(option.card)](room, player)
  end
  return true
end

return actions
