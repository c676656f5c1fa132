-- SPDX-License-Identifier: MIT
-- A game that asks its server for cards.
local players = {}

function join(name)
  table.insert(players, name)
  return #players
end

function deal(count)
  local hands = {}
  for _, name in ipairs(players) do hands[name] = fk.call("draw", count) end
  print(("%d players have %d cards each"):format(#players, count))
  return hands
end

function add(a, b) return a + b end

function lose() error("no cards are left") end
