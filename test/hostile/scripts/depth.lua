-- SPDX-License-Identifier: MIT
-- Recursion without end.
function fine() return "fine" end
function in_lua() return 1 + in_lua() end
function in_gsub() return (("x"):gsub("x", in_gsub)) end
function in_sort() table.sort({ 1, 2, 3 }, function() in_sort() return false end) end
function in_coroutines() return coroutine.wrap(in_coroutines)() end
function in_constructors() assert(load("return " .. ("{"):rep(1e5) .. ("}"):rep(1e5))) end
function in_tostring() return tostring(setmetatable({}, { __tostring = function(t) return tostring(t) end })) end
function in_pattern() return (("x"):rep(300)):find(("x?"):rep(300)) end
function in_index()
  local t = {}
  setmetatable(t, { __index = function(_, key) return t[key .. "x"] end })
  return t.x
end
function in_close()
  local function nest()
    local closing <close> = setmetatable({}, { __close = nest })
    error("deeper")
  end
  nest()
end
-- Each coroutine closes the one before while it is closed itself.
function close_chain()
  local co
  for _ = 1, 200000 do
    local inner = co
    co = coroutine.create(function()
      local closing <close> = setmetatable({}, { __close = function() if inner then assert(coroutine.close(inner)) end end })
      coroutine.yield()
    end)
    coroutine.resume(co)
  end
  assert(coroutine.close(co))
end
function deep_but_fine()
  local function deep(n) if n > 0 then return (("x"):gsub("x", function() deep(n - 1) end)) end end
  deep(150)
  return "fine"
end
