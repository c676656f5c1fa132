-- SPDX-License-Identifier: MIT
-- The rules, from the deal to the last tower. Runs in the room's coroutine; asking and waiting are the room's.
local actions = require "actions"
local computer = require "computer"
local moves = require "moves"
local options = require "options"
local view = require "view"

local rules = { HEALTH = moves.HEALTH }
local DEALT, DRAWN, KEPT = 4, 2, 5 -- cards: at first, each turn, at the end of a turn
local FLOOD = 12 -- the round from which each turn costs health and no spring flows

-- The only one left, or nil.
local function last_one(room)
  local last
  for _, player in ipairs(room.players) do
    if player.alive then
      if last then return nil end
      last = player
    end
  end
  return last
end

-- Whoever surrendered falls now, but the last tower stands.
local function settle_surrenders(room)
  for _, player in ipairs(room.players) do
    if player.surrendered and player.alive and not last_one(room) then
      view.log(room, "%s surrenders", player.name)
      moves.fall(room, player)
    end
  end
end

local function goes_on(room, player)
  settle_surrenders(room)
  return player.alive and not last_one(room)
end

local function give_up_surplus(room, player)
  while player.alive and #player.hand > KEPT do
    local chosen = room:ask({ player }, "You hold too much: throw one card away", options.any_card, computer.give)
    moves.discard(room, player, chosen[player].card)
  end
end

local function turn(room, player)
  room.turn, room.struck = player, false
  view.log(room, "Round %d: the turn of %s", room.round, player.name)
  view.state(room)
  if room.flood then moves.hurt(room, player, "the flood") end
  if not goes_on(room, player) then return end
  moves.draw(room, player, DRAWN)
  room:delay(500)
  while goes_on(room, player) and actions.play_one(room, player) do room:delay(400) end
  if goes_on(room, player) then give_up_surplus(room, player) end
end

-- Plays to the end, which the flood brings at last; returns the winner.
function rules.play(room)
  for _, player in ipairs(room.players) do moves.draw(room, player, DEALT) end
  while #room.players > 0 do
    room.round = room.round + 1
    if room.round == FLOOD then
      room.flood = true
      view.log(room, "The flood comes: springs are dry, and every turn costs 1 health")
    end
    for _, player in ipairs(room.players) do
      if goes_on(room, player) then turn(room, player) end
      if last_one(room) then return last_one(room) end
    end
  end
end

return rules
