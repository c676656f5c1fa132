-- SPDX-License-Identifier: MIT
-- Fails in every way.

function by_string() error("a plain text") end
function by_table() error({ code = 7, text = "a table" }) end
function by_nil() error(nil) end
function by_number() error(42) end
function by_bool() error(false) end
function by_function() error(print) end
function by_named_table() error(setmetatable({}, { __tostring = function() return "I have a name" end })) end
function by_bad_tostring() error(setmetatable({}, { __tostring = function() error("again") end })) end
function by_no_string() error(setmetatable({}, { __tostring = function() return 1 end })) end
function by_bytes() error("bytes \xff\xfe\0 end", 0) end
function by_assert() assert(false, "asserted") end
function by_mistake() local t; return t.x end
function by_level(level) error("levelled", level) end

local function third() error("at the bottom") end
local function second() third() end
function with_traceback() second() end
function in_coroutine()
  local co = coroutine.create(second)
  local ok, e = coroutine.resume(co)
  assert(ok, e)
end
function yields() coroutine.yield(1) end
function overflow() return 1 + overflow() end
function fine() return "fine" end
function exit(code) os.exit(code) end

function by_mixed_table() error({ true, [true] = { 1 } }) end
function by_large_table()
  local t = {}
  for i = 1, 100 do t["key" .. i] = i end
  error(t)
end
function by_empty_table() error({}) end
