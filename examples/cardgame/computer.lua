-- SPDX-License-Identifier: MIT
-- What the computer would choose: for seats without a person, and the default of every question.
-- Each function picks one of the options of a question.
local cards = require "cards"

local computer = {}

local function best(options, score)
  local chosen, highest
  for _, option in ipairs(options) do
    local points = score(option)
    if not highest or points > highest then chosen, highest = option, points end
  end
  return chosen
end

local worth = { Spring = 12, Gale = 10, Lantern = 8 }
local function worth_of(card)
  return cards.value(card) or worth[cards.kind(card)]
end

-- Tools first, then the attack: best on whoever is weakest and least able to answer. Ending the turn scores 0.
local tool = { Lantern = 90, Spring = 80, Gale = 70 }
function computer.play(options)
  return best(options, function(option)
    if not option.card then return 0 end
    if not option.target then return tool[cards.kind(option.card)] end
    return 4 * cards.value(option.card) - 6 - 2 * option.target.health - #option.target.hand
  end)
end

-- Strikes back if possible, else spends the least that holds.
function computer.defend(options)
  return best(options, function(option)
    if not option.card then return -100 end
    return (option.riposte and 50 or 0) - worth_of(option.card)
  end)
end

-- Gives away the least; anything rather than health.
function computer.give(options)
  return best(options, function(option) return option.card and -worth_of(option.card) or -100 end)
end

return computer
