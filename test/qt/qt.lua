-- SPDX-License-Identifier: MIT
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

function caught(method, ...)
  local _, problem = pcall(fk.call, method, ...)
  return tostring(problem)
end

function down(depth)
  if depth == 0 then return 0 end
  return 1 + fk.call("back", depth - 1)
end

function endless()
  fk.call("started")
  while true do end
end
