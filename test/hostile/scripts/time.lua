-- SPDX-License-Identifier: MIT
-- Does not end.
function fine() return "fine" end
function plain() while true do end end
function in_coroutine() return coroutine.resume(coroutine.create(plain)) end
function in_wrap() return pcall(coroutine.wrap(plain)) end
function in_pcall() while true do pcall(plain) end end
function in_nested_pcall() pcall(in_nested_pcall) plain() end
function in_close() local closing <close> = setmetatable({}, { __close = plain }) end
function in_coroutine_close()
  local co = coroutine.create(function()
    local closing <close> = setmetatable({}, { __close = plain })
    coroutine.yield()
  end)
  coroutine.resume(co)
  coroutine.close(co)
end
function in_many_coroutines()
  while true do coroutine.wrap(function() for _ = 1, 10 do coroutine.yield() end end)() end
end
function in_gc()
  setmetatable({}, { __gc = plain })
  collectgarbage()
end
function leave_gc_for_close()
  left = setmetatable({}, { __gc = plain })
  return "held"
end
function in_handler() return xpcall(error, plain) end
function backtracking() return (("a"):rep(100)):find(("a?"):rep(100) .. ("a"):rep(101)) end
function heavy() while true do (("x"):rep(1 << 20)):gsub("x", "yy") end end
