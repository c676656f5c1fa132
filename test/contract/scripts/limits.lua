-- SPDX-License-Identifier: MIT
-- Takes what it can get.

function fine() return "fine" end
function spin() while true do end end
function spin_after_start() fk.call("started") while true do end end
function spin_for(seconds)
  local start = os.clock()
  repeat until os.clock() - start > seconds
end
function spin_nested() return fk.call("back", "spin_after_start") end
function wait_in_host() return fk.call("wait") end
function spin_in_coroutine() return coroutine.resume(coroutine.create(spin)) end
function spin_in_wrap() return pcall(coroutine.wrap(spin)) end
function spin_deep(depth)
  if depth == 20 then spin() end
  return coroutine.wrap(spin_deep)((depth or 0) + 1)
end
function spin_in_pcall() while true do pcall(spin) end end
function spin_in_nested_pcalls() pcall(spin_in_nested_pcalls) spin() end
function spin_in_close()
  local closing <close> = setmetatable({}, { __close = spin })
end
function keep_coroutine()
  kept_coroutine = coroutine.create(function() while true do coroutine.yield() spin() end end)
  coroutine.resume(kept_coroutine)
end
function spin_in_old_coroutine() while true do coroutine.resume(kept_coroutine) end end
function eat() local t = {} for i = 1, 1e9 do t[i] = ("x"):rep(1000) .. i end end
function eat_at_once() return #("x"):rep(1 << 30) end
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

local collections = 0
local function count_the_next()
  setmetatable({}, { __gc = function()
    collections = collections + 1
    count_the_next()
  end })
end
function be_generational()
  collectgarbage("generational")
  count_the_next()
end
function count_collections() return collections end

function grow_old()
  local all = {}
  for i = 1, 80000 do all[i] = { i } end
  for _ = 1, 3 do collectgarbage "step" end
  return #all
end

function litter()
  local all = {}
  for i = 1, 20000 do all[i] = { i } end
  return #all
end
