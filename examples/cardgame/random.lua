-- SPDX-License-Identifier: MIT
-- Random numbers of a room's own: the same seed deals the same cards, on every machine.

-- Returns random(n), which gives 1..n. (This is splitmix64.)
return function(seed)
  local state = seed
  return function(n)
    state = state + 0x9E3779B97F4A7C15
    local z = state
    z = (z ~ (z >> 30)) * 0xBF58476D1CE4E5B9
    z = (z ~ (z >> 27)) * 0x94D049BB133111EB
    return ((z ~ (z >> 31)) >> 1) % n + 1
  end
end
