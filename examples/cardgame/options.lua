-- SPDX-License-Identifier: MIT
-- The answers that a question offers. Clients see reply and text; the rules and the computer read the rest.
local cards = require "cards"

local options = {}

function options.none(reply, text)
  return { reply = reply, text = text }
end

function options.card(card, text)
  return { reply = tostring(card), text = text or cards.label(card), card = card }
end

function options.target(card, target)
  return {
    reply = card .. "@" .. target.seat,
    text = ("%s at %s (%d health, %d cards)"):format(cards.label(card), target.name, target.health, #target.hand),
    card = card, target = target,
  }
end

function options.any_card(player)
  local list = {}
  for i, card in ipairs(player.hand) do list[i] = options.card(card) end
  return list
end

-- The cards of one kind, after the option to do without.
function options.of_kind(player, kind, without)
  local list = { without }
  for _, card in ipairs(player.hand) do
    if cards.kind(card) == kind then list[#list + 1] = options.card(card) end
  end
  return list
end

return options
