-- SPDX-License-Identifier: MIT
-- Takes what it can get.

function fine() return "fine" end
function spin() while true do end end
function spin_after_start() fk.call("started") while true do end end
function spin_nested() return fk.call("back", "spin_after_start") end
function wait_in_host() return fk.call("wait") end
function eat() local t = {} for i = 1, 1e9 do t[i] = ("x"):rep(1000) .. i end end
function eat_at_once() return #("x"):rep(1 << 40) end
function keep_some() kept = ("k"):rep(1 << 20) return #kept end

-- Counts its own callers; two at once would show.
local inside = 0
function alone()
  inside = inside + 1
  local seen = inside
  fk.call("pass")
  inside = inside - 1
  return seen
end
total = 0
function add_one() total = total + 1 return total end
