-- SPDX-License-Identifier: MIT
-- The cards: what each is and how two of them meet. A card is a number from 1 on, everywhere.
local cards = { in_deck = 0 }

local elements = { "Cinder", "Thorn", "Tide" } -- each beats the next, and Tide beats Cinder
local others = { Spring = 8, Lantern = 6, Gale = 6 } -- how many of each
local HIGHEST, COPIES, ADVANTAGE = 9, 2, 3

local faces, beats = {}, {}
local function print_card(kind, value)
  faces[#faces + 1] = { kind = kind, value = value, label = value and kind .. " " .. value or kind }
end
for i, element in ipairs(elements) do
  beats[element] = elements[i % #elements + 1]
  for value = 1, HIGHEST do
    for _ = 1, COPIES do print_card(element, value) end
  end
end
for _, kind in ipairs { "Spring", "Lantern", "Gale" } do
  for _ = 1, others[kind] do print_card(kind) end
end
cards.in_deck = #faces

local function face(card)
  return faces[(card - 1) % #faces + 1]
end

function cards.kind(card) return face(card).kind end
function cards.value(card) return face(card).value end -- nil if the card has no element
function cards.label(card) return face(card).label end

-- What comes of an attack that is answered: "breach", "hold", or "riposte", which strikes the attacker.
function cards.meet(attack, answer)
  local a, b = face(attack), face(answer)
  local attacking = a.value + (beats[a.kind] == b.kind and ADVANTAGE or 0)
  local defending = b.value + (beats[b.kind] == a.kind and ADVANTAGE or 0)
  if defending < attacking then return "breach" end
  return beats[b.kind] == a.kind and "riposte" or "hold"
end

-- In place; random(n) gives 1..n.
function cards.shuffle(pile, random)
  for i = #pile, 2, -1 do
    local j = random(i)
    pile[i], pile[j] = pile[j], pile[i]
  end
  return pile
end

-- One deck for every eight players or part of eight.
function cards.deck(players, random)
  local pile = {}
  for card = 1, cards.in_deck * ((players + 7) // 8) do pile[card] = card end
  return cards.shuffle(pile, random)
end

function cards.remove(hand, card)
  for i, held in ipairs(hand) do
    if held == card then return table.remove(hand, i) end
  end
end

return cards
