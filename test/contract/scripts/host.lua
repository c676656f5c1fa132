-- SPDX-License-Identifier: MIT
-- Calls host methods in the ways that games do.

function ask(method, ...) return fk.call(method, ...) end
function say(method, ...) fk.notify(method, ...) end
function flood(method, count) for i = 1, count do fk.notify(method, i) end end
function try_ask(method, ...) return (pcall(fk.call, method, ...)) end

-- Can a script read the server's message from the error?
function text_of(method, code, text)
  local ok, e = pcall(fk.call, method, code, text)
  return not ok and tostring(e):find(text, 1, true) ~= nil
end

-- Nesting: the server's `back` calls a function of ours again.
function dive(level)
  local ok, result = pcall(fk.call, "back", "dive", level + 1)
  return ok and result or level
end
function why_not_deeper()
  local ok, result = pcall(fk.call, "back", "why_not_deeper")
  return ok and result or tostring(result)
end
function factorial(n) return n <= 1 and 1 or n * fk.call("back", "factorial", n - 1) end
function inner_fails() error("deep trouble") end
function outer() return fk.call("back", "inner_fails") end
function in_coroutine(...)
  local params = table.pack(...)
  local co = coroutine.create(function()
    local first = fk.call(table.unpack(params, 1, params.n))
    coroutine.yield(first)
    return "end"
  end)
  local results = {}
  repeat
    local _, result = coroutine.resume(co)
    results[#results + 1] = result
  until coroutine.status(co) == "dead"
  return results
end
