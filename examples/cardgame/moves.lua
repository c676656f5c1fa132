-- SPDX-License-Identifier: MIT
-- What happens to cards and health, and the telling of it.
local cards = require "cards"
local computer = require "computer"
local options = require "options"
local view = require "view"

local moves = { HEALTH = 4 }

local function next_card(room)
  if #room.deck == 0 then
    room.deck, room.pile = cards.shuffle(room.pile, room.random), {}
    view.log(room, "The pile is shuffled into a new deck")
  end
  return table.remove(room.deck)
end

function moves.draw(room, player, count)
  local drawn = {}
  for i = 1, count do
    drawn[i] = next_card(room) -- nil when all cards are in hands
    table.insert(player.hand, drawn[i])
  end
  if #drawn == 0 then return end
  view.log(room, "%s draws %d", player.name, #drawn)
  view.move(room, view.DECK, player.seat, drawn)
  view.state(room)
end

function moves.discard(room, player, card)
  cards.remove(player.hand, card)
  table.insert(room.pile, card)
  view.move(room, player.seat, view.PILE, { card })
end

function moves.fall(room, player)
  player.alive, player.health = false, 0
  local hand = player.hand
  player.hand = {}
  table.move(hand, 1, #hand, #room.pile + 1, room.pile)
  if #hand > 0 then view.move(room, player.seat, view.PILE, hand) end
  view.log(room, "%s falls", player.name)
  view.state(room)
  player.client:setDied(true)
end

function moves.heal(room, player)
  player.health = math.min(player.health + 1, moves.HEALTH)
  view.log(room, "%s heals, %d left", player.name, player.health)
  view.state(room)
end

local function saved_by_spring(room, player)
  if room.flood then return false end
  local option = room:ask({ player }, "You would fall: drink a Spring?", function()
    return options.of_kind(player, "Spring", options.none("fall", "fall"))
  end, computer.give)[player]
  if not option.card then return false end
  moves.discard(room, player, option.card)
  moves.heal(room, player)
  return true
end

-- One health less; whoever has none left falls.
function moves.hurt(room, player, by)
  player.health = player.health - 1
  view.log(room, "%s loses 1 health to %s, %d left", player.name, by, player.health)
  view.state(room)
  if player.health == 0 and not saved_by_spring(room, player) then moves.fall(room, player) end
end

return moves
