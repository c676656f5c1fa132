-- SPDX-License-Identifier: MIT
function echo(...) return ... end
function add(a, b) return a + b end
function kinds(...)
  local words = {}
  for i = 1, select("#", ...) do
    local v = select(i, ...)
    words[i] = v == fk.null and "null" or math.type(v) or type(v)
  end
  return table.concat(words, " ")
end
function ask(method, ...) return fk.call(method, ...) end
function tell(method, ...) fk.notify(method, ...) end
function try(method, ...)
  local ok, why = pcall(fk.call, method, ...)
  return ok and "fine" or tostring(why)
end
function say(text) print(text) end
function fails() local nothing; return nothing.x end
function spins() while true do end end
function sums(list) local sum = 0 for _, n in ipairs(list) do sum = sum + n end return sum end
