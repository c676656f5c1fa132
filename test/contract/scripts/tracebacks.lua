-- SPDX-License-Identifier: MIT
-- Errors that pass through coroutines, as those of a room do.
local function inner(how)
  local function guilty()
    if how == "endless" then while true do end end
    if how == "buffer" then local s = "x" while true do s = s:rep(2) end end
    if how == "bomb" then
      local t = {} while true do t[#t + 1] = ("x"):rep(1000) .. #t end
    end
    error(how, 0)
  end
  guilty()
end

function Resumed(how)
  local room = coroutine.create(function() inner(how) end)
  local _, why = coroutine.resume(room)
  error(why, 0)
end
function Returned(how) return coroutine.resume(coroutine.create(inner), how) end
function Wrapped(how) coroutine.wrap(function() inner(how) end)() end
function Chain(how)
  local function middle() coroutine.wrap(inner)(how) end
  coroutine.wrap(function() middle() end)()
end
function Caught()
  pcall(Wrapped, "one")
  error("another", 0)
end
function Protected(how)
  xpcall(inner, function(why) return why end, how)
  return "caught"
end
function ProtectedChain(how)
  local function middle() pcall(coroutine.wrap(function() pcall(inner, how) end)) end
  coroutine.wrap(function() pcall(middle) end)()
end
function Deep(how)
  local function descend(n) if n == 0 then inner(how) end descend(n - 1) end
  coroutine.wrap(descend)(150)
end
function Plain(how) inner(how) return true end
function Again(how)
  pcall(inner, how)
  inner(how)
  return true
end
