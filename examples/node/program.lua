-- SPDX-License-Identifier: MIT
-- What docs/node.md shows.
function total(cards)
  local sum = 0
  for _, card in ipairs(cards) do sum = sum + fk.call("price", card) end
  print(#cards .. " cards")
  return { sum = sum, mean = sum / #cards }
end
