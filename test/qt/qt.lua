-- SPDX-License-Identifier: MIT
local at_load = { FK_VER or "none", LIMITS or "none" }
function globals() return at_load end
function same(value) return value end
function list(...)
  local all = {...}
  for i = 1, select("#", ...) do if all[i] == nil then all[i] = fk.null end end
  return all
end
function fails(why) error(why) end
function forward(method, ...) return fk.call(method, ...) end
function tell(method, ...) fk.notify(method, ...) end
function say(text) print(text) end
function tell_each(method, firsts, ...)
  for _, first in ipairs(firsts) do fk.notify(method, first, ...) end
end
function warn_of(text) fk.warning(text) end

function caught(method, ...)
  local _, problem = pcall(fk.call, method, ...)
  return tostring(problem)
end

function litter()
  local made = {}
  for i = 1, 200000 do made[i] = { i } end
  return collectgarbage("count")
end

function leave_garbage_and_wait(method)
  local collected = false
  setmetatable({}, { __gc = function() collected = true end })
  fk.call(method)
  return collected
end

function down(depth)
  if depth == 0 then return 0 end
  return 1 + fk.call("back", depth - 1)
end

function endless()
  fk.call("started")
  while true do end
end
