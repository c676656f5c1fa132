-- SPDX-License-Identifier: MIT
-- Small functions that most topics of the contract suite call.

function echo(...) return ... end
function nothing() end
function two() return 1, 2 end
function count(...) return select("#", ...) end
function add(a, b) return a + b end

-- What Lua itself sees of its parameters, one word each.
function kinds(...)
  local words = {}
  for i = 1, select("#", ...) do
    local v = select(i, ...)
    words[i] = v == fk.null and "null" or math.type(v) or type(v)
  end
  return words
end

-- Sends its parameters to the server and returns what came back.
function relay(...) return fk.call("echo", ...) end
function relay_all(...) return fk.call("all", ...) end
function tell(...) fk.notify("mark", ...) end

-- Calls a host method; the failure comes back as text.
function try(method, ...)
  local ok, result = pcall(fk.call, method, ...)
  if ok then return { ok = true, result = result == nil and fk.null or result } end
  return { ok = false, text = tostring(result) }
end

not_a_function = { 1 }
local function hidden() end
kept = hidden
