-- SPDX-License-Identifier: MIT
-- Tries to go beyond every limit that is not time.

function fine() return "fine" end

-- memory
local function eat() local t = {} for i = 1, 1e9 do t[i] = ("x"):rep(1000) .. i end end
function eat_in_pcalls() while true do pcall(eat) end end
function eat_at_once_in_pcalls() while true do pcall(string.rep, "x", 1e9) end end
function eat_in_coroutines() while true do coroutine.resume(coroutine.create(eat)) end end
local function eat_long() local t = {} for i = 1, 1e9 do t[i] = ("x"):rep(2000) .. i end end -- its buffer is refused
function eat_in_buffers() while true do pcall(eat_long) end end
function eat_by_concat() local s = "x" while true do s = s .. s end end
function eat_by_table_concat()
  local t = {}
  for i = 1, 1000 do t[i] = ("x"):rep(1 << 16) end
  return #table.concat(t, ("y"):rep(1 << 20))
end
function caught_once() return (pcall(eat)) == false and fine() end
local kept = {}
local function fill(size) while true do kept[#kept + 1] = ("x"):rep(size) .. #kept end end
function error_without_room()
  pcall(fill, 60000)
  pcall(fill, 10)
  error("no room for this")
end

-- recursion
function recurse() return 1 + recurse() end
function recurse_by_gsub() return (("x"):gsub(".", recurse_by_gsub)) end
function recurse_by_coroutine() return assert(coroutine.wrap(recurse_by_coroutine)()) end
function recurse_by_sort() table.sort({ 3, 2, 1 }, recurse_by_sort) return true end
function recurse_by_tostring() return tostring(setmetatable({}, { __tostring = recurse_by_tostring })) end
function recurse_by_index() return setmetatable({}, { __index = recurse_by_index }).x end
function recurse_by_constructor() return assert(load("return " .. ("{"):rep(1e5) .. ("}"):rep(1e5)))() end
function recurse_by_pattern() return (("("):rep(1e5)):find(("("):rep(1e5)) end
function recurse_by_error() return error(setmetatable({}, { __tostring = recurse_by_error })) end
function recurse_by_host() return fk.call("back", "recurse_by_host") end

-- coroutines that close each other
local function chain(length, before)
  local last
  for _ = 1, length do
    local next_one = last
    last = coroutine.create(function()
      local closing <close> = setmetatable({}, { __close = function() before(next_one) end })
      coroutine.yield()
    end)
    coroutine.resume(last)
  end
  return coroutine.close(last)
end
local function close(co)
  local good, why = true, nil
  if co then good, why = coroutine.close(co) end
  if not good then error(why, 0) end
end
function close_chain(length) return assert(chain(length, close)) end
function close_chain_by_gsub(length)
  local function deep(co, depth) if depth == 0 then close(co) else ("x"):gsub(".", function() deep(co, depth - 1) end) end end
  return assert(chain(length, function(co) deep(co, 150) end))
end
function close_chain_by_wrap(depth)
  local closing <close> = setmetatable({}, { __close = function()
    if depth > 0 then coroutine.wrap(close_chain_by_wrap)(depth - 1) end
  end })
  error("at depth " .. depth)
end

-- finalizers
local function from_gc(f, ...)
  local arguments, result = { ... }, nil
  setmetatable({}, { __gc = function() result = { pcall(f, table.unpack(arguments)) } end })
  collectgarbage()
  return tostring(result[2])
end
function call_from_gc() return from_gc(fk.call, "mark", 1) end
function notify_from_gc() return from_gc(fk.notify, "mark", 1) end
function tell_at_the_end()
  local function at_the_end(f, method) return setmetatable({}, { __gc = function() print(select(2, pcall(f, method, 1))) end }) end
  kept = { at_the_end(fk.notify, "mark"), at_the_end(fk.call, "echo") }
end
function call_with_gc_stopped() collectgarbage("stop") local r = fk.call("echo", 7) collectgarbage("restart") return r end

-- counts
function numbers(n) local t = {} for i = 1, n do t[i] = i end return t end
function shared(n) local t = numbers(10) local all = {} for i = 1, n do all[i] = t end return all end
function send_numbers(n) return fk.call("mark", numbers(n)) end
function get_numbers(n) return #fk.call("numbers", n) end
function text(n) return ("x"):rep(n) end
function texts(n) return { ("x"):rep(n), ("y"):rep(n) } end
function send_text(n) return fk.call("mark", ("x"):rep(n)) end
function count(t) return #t end
function requests(n) for _ = 1, n do fk.call("pass") end return n end
function notifications(n) for _ = 1, n do fk.notify("pass") end return n end
function notifications_in_pcalls(n) for _ = 1, n do pcall(fk.notify, "pass") end return n end

-- Encoders whose metamethods encode again, with as many levels between as they take.
local function nested(encode, levels)
  local function level()
    local outer = setmetatable({}, {
      __pairs = function()
        encode(level())
        return next, {}
      end,
      __len = function() return 0 end,
    })
    for _ = 1, levels do outer = { outer } end
    return outer
  end
  return encode(level())
end
function encode_json() return nested(require("json").encode, 400) end
function encode_cbor() return nested(require("cbor").encode, 120) end
