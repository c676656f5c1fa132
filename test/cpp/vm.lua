-- SPDX-License-Identifier: MIT
function same(value) return value end
function empty() return {} end
function fails(why) error(why) end
function forward(method, ...) return fk.call(method, ...) end
function tell(method, ...) fk.notify(method, ...) end
function tell_each(method, list, ...)
  for i = 1, #list do fk.notify(method, list[i], ...) end
end
function say(text) print(text) end
function leave() os.exit(3) end

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

function litter(count)
  local garbage = {}
  for i = 1, count do garbage[i] = { i, tostring(i) } end
  return #garbage
end
