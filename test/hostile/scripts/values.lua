-- SPDX-License-Identifier: MIT
-- Results that cannot cross.
function fine() return "fine" end
function a_function() return { cards = { 1, { f = print } } } end
function a_cycle() local t = {} t.t = t return t end
function too_deep() local t = {} for _ = 1, 200 do t = { t } end return t end
function mixed_keys() return { m = { 1, x = 2 } } end
function a_hole() return { 1, nil, 3 } end
function sparse() return { [1] = 1, [1e9 // 1 | 0] = 1 } end
function sparse_to_the_end() return { [1] = 1, [math.maxinteger] = 1 } end
function shared() local t = { 1, 2, 3 } for _ = 1, 30 do t = { t, t } end return t end
function with_metamethods()
  return setmetatable({ 1, 2 }, {
    __index = function() error("looked at") end,
    __len = function() return 1e9 // 1 | 0 end,
    __pairs = function() error("looked at") end,
  })
end
function yield_at_top() coroutine.yield(1) end
function yield_across() return (("x"):gsub("x", function() coroutine.yield() end)) end
function recurse() return fk.call("back") end
local function call_host() pcall(fk.call, "nobody") pcall(fk.notify, "nobody") end
function host_call_from_gc()
  setmetatable({}, { __gc = call_host })
  collectgarbage()
  return "held"
end
function leave_host_call_in_gc()
  left = setmetatable({}, { __gc = call_host })
  return "held"
end
function refused_again_and_again()
  local cards = { ("x"):rep(1 << 18), print }
  fk.call("before")
  for _ = 1, 500 do
    if pcall(fk.notify, "nobody", cards) or pcall(fk.call, "nobody", cards) then return "crossed" end
  end
  fk.call("after")
  return "held"
end
