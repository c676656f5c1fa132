-- SPDX-License-Identifier: MIT
-- A child that misbehaves as MISBEHAVIOUR says, once it has said hello or even before.
local mode = os.getenv("MISBEHAVIOUR") or error("MISBEHAVIOUR is not set")
io.stdout:setvbuf("full")
io.stderr:setvbuf("no")

local HELLO = '{"jsonrpc":"2.0","method":"hello","params":[{"protocol":1}]}'
local function send(text) io.write(text) io.flush() end
local function line(text) send(text .. "\n") end
local function notify(method, params) return ('{"jsonrpc":"2.0","method":"%s","params":%s}'):format(method, params or "[]") end
local function request(id, method, params) return ('{"jsonrpc":"2.0","method":"%s","params":%s,"id":%s}'):format(method, params or "[]", id) end
local function result(id, value) return ('{"jsonrpc":"2.0","result":%s,"id":%s}'):format(value or '"fine"', id) end
local function failure(id, code, message) return ('{"jsonrpc":"2.0","error":{"code":%d,"message":"%s"},"id":%s}'):format(code, message, id) end
local function read()
  local text = io.read("l")
  if not text then os.exit(0) end
  return text, text:match('"method":"([^"]*)"'), text:match('"id":(%d+)')
end
local function shell(command) os.execute("exec 3>&- ; " .. command) end
local function sleep() shell("exec sleep 1000") end

-- ---- a recorded conversation, up to a byte: recorded:BYTES:exit or recorded:BYTES:kill; -1 is all of it ----
local recorded = {
  HELLO .. "\n", read,
  notify("take", '[1,"a\\n\195\164",{"$bytes":"AP8="}]') .. "\n" .. request(1, "take", "[2]") .. "\n", read,
  result(1, '{"a":[1,2.5,null]}') .. "\n", read,
  result(2, '"two"') .. "\n", read, read,
  result(3, '"Goodbye"') .. "\n",
}
local bytes, ending = mode:match("^recorded:(-?%d+):(%a+)$")
if bytes then
  local left = tonumber(bytes)
  for _, step in ipairs(recorded) do
    if type(step) == "function" then
      step()
    elseif left < 0 or left > #step then
      send(step)
      left = left < 0 and left or left - #step
    else
      send(step:sub(1, left))
      if ending == "kill" then shell("kill -9 $PPID") end
      os.exit(5)
    end
  end
  os.exit(0)
end

-- ---- before hello ----
local before = {
  exits = function() io.stderr:write("last words\n") os.exit(7) end,
  long_last_words = function() io.stderr:write(("w"):rep(20000), "THE END\n") os.exit(7) end,
  silent = sleep,
  spins_before_hello = function() while true do end end,
  other_version = function() line(notify("hello", '[{"protocol":77}]')) sleep() end,
  old_hello = function() line(notify("hello", '["world"]')) end,
  garbage_first = function() line("a banner") line("") line(HELLO) end,
  requests_first = function() line(request(1, "take", "[1]")) read() line(HELLO) end,
  byte_by_byte = function() for c in (HELLO .. "\n"):gmatch(".\n?") do send(c) end end,
  slow_hello = function() for c in HELLO:gmatch(".") do send(c) shell("sleep 0.05") end end,
  deaf = function() line(HELLO) sleep() end,
  both_write = function() line(HELLO) line(notify("take", '["' .. ("x"):rep(1 << 20) .. '"]')) end, -- while the parent writes one
  ignores_term = function() line(HELLO) shell("trap '' TERM HUP INT; while :; do sleep 1000; done") end,
}
if before[mode] then
  before[mode]()
else
  line(HELLO)
end

-- ---- at a call: what is done before the answer; nothing more is sent if it returns true ----
local at = {}
local function lines(...)
  local texts = { ... }
  return function(id)
    for _, text in ipairs(texts) do line((text:gsub("ID", id))) end
    return texts.only
  end
end
-- Sends these in place of the answer.
local function only(...)
  local all = lines(...)
  return function(id) all(id) return true end
end
local function stuck(what) return function() what() sleep() return true end end

at.garbage = lines("what is this?", "{", "[]", "null", '{"jsonrpc":"1.0"}', "\xff\xfe\0\1", '[{"jsonrpc":"2.0","method":"take"}]')
at.broken = lines('{"jsonrpc":"2.0","method":7}', '{"jsonrpc":"2.0","method":"take","params":5}', '{"jsonrpc":"2.0","method":"take",}', '{"jsonrpc":"2.0"')
at.many_broken = function() for _ = 1, 200 do line('{"jsonrpc":"2.0"}') end end
at.crlf = function(id) send(notify("take", "[1]") .. "\r\n" .. result(id) .. "\r\n") return true end
at.bytes = function(id) for c in (notify("take", "[1]") .. "\n" .. result(id) .. "\n"):gmatch("[^\0]") do send(c) end return true end
at.many_in_one = function(id)
  local all = {}
  for i = 1, 500 do all[i] = notify("take", "[" .. i .. "]") end
  all[501] = result(id)
  send(table.concat(all, "\n") .. "\n")
  return true
end
at.split_everywhere = function(id)
  local text = notify("take", '[1,"a\\n\195\164",{"$bytes":"AP8="}]') .. "\n"
  for i = 1, #text do send(text:sub(1, i)) shell("true") send(text:sub(i + 1)) end
end
at.partial = stuck(function() send('{"jsonrpc":"2.0","res') end)
at.slow_byte = function(id) for c in result(id):gmatch(".") do send(c) shell("sleep 0.02") end return true end
at.cut_off = function() send('{"jsonrpc":"2.0","res') os.exit(0) end
at.long_line = stuck(function() local mega = ("x"):rep(1 << 20) for _ = 1, 20 do io.write(mega) end io.flush() end)
at.long_whole_line = function() line(notify("take", '["' .. ("x"):rep(3 << 20) .. '"]')) end
at.never_answers = sleep
at.spins = function() while true do end end
at.stops = function() shell("kill -STOP $PPID; exec sleep 1000") end

at.unknown_id = lines(result(4711))
at.duplicate_answer = lines(result("ID"), result("ID", '"again"'))
at.null_id = lines('{"jsonrpc":"2.0","result":1,"id":null}')
at.null_error = lines('{"jsonrpc":"2.0","error":{"code":-32700,"message":"m"},"id":null}')
at.string_id = lines(result('"ID"'))
at.fraction_id = lines(result("1.5"))
at.negative_id = lines(result("-1"))
at.zero_id = lines(result("0"))
at.huge_id = lines(result("9223372036854775808"), result("9007199254740992"))
at.request_ids = lines(request('"x"', "take"), request("1.5", "take"), request("-1", "take"), request("null", "take"))
at.both = lines('{"jsonrpc":"2.0","result":1,"error":{"code":1,"message":"m"},"id":ID}')
at.neither = lines('{"jsonrpc":"2.0","id":ID}')
at.same_request_id = function()
  line(request(5, "take", "[1]"))
  line(request(5, "take", "[2]"))
  read()
  read()
end
at.twice_in_object = lines('{"jsonrpc":"2.0","method":"take","method":"take"}')

-- Repeats what the answers to its requests were, as the result.
local function answered(...)
  local requests = { ... }
  return function(id)
    local codes = {}
    for i, text in ipairs(requests) do
      line(text)
      codes[i] = read():match('"code":(-?%d+)') or "none"
    end
    line(result(id, '"' .. table.concat(codes, " ") .. '"'))
    return true
  end
end
at.unknown_method = answered(request(1, "nobody"), request(2, "take", "[1]"))
at.bad_params = answered(request(1, "strict", "[]"), request(2, "strict", '{"a":1}'), request(3, "strict", "[1]"))
at.throws = answered(request(1, "throws", "[]"), request(2, "take", "[1]"))

at.flood = function() local text = notify("take", "[1]") .. "\n" while true do io.write(text) end end
at.request_flood = function() local i = 0 while true do i = i + 1 io.write(request(i, "take", "[1]"), "\n") if i % 100 == 0 then io.flush() end end end
at.idle_flood = function(id) -- answers, and then does not stop
  line(result(id))
  local text = notify("take", '["' .. ("x"):rep(1000) .. '"]') .. "\n"
  while true do io.write(text) end
end

at.grandchild = function() os.execute("sleep 1000 &") os.exit(3) end
at.escaped_grandchild = function() os.execute("setsid sleep 3 &") os.exit(3) end
at.stderr_full = function() for _ = 1, 300 do io.stderr:write(("e"):rep(1000), "\n") end end
at.stderr_full_idle = function(id) line(result(id)) for _ = 1, 300 do io.stderr:write(("e"):rep(1000), "\n") end return true end
at.stderr_closed = function() io.stderr:write('into nothing') end

-- ---- JSON ----
local function value(text) return only(result("ID", text)) end
at.bomb_arrays = value(("["):rep(1000000))
at.bomb_objects = value(('{"a":'):rep(300000))
at.deep_whole = value(("["):rep(1000) .. ("]"):rep(1000))
at.bomb_nodes = function(id) line(result(id, "[" .. ("0,"):rep(9000000) .. "0]")) return true end
at.bad_utf8 = value('"\xff\xfe"')
at.overlong = value('"\xc0\x80"')
at.escaped_nul_name = value('{"a\\u0000b":1}')
at.raw_nul = value('"a\0b"')
at.surrogate = value('"\\ud800"')
at.range = value("1e999")
at.integer_range = value("9223372036854775808")
at.nan = value("NaN")
at.infinity = value("-Infinity")
at.duplicate_key = value('{"a":1,"a":2}')
at.trailing = only(result("ID") .. " x")
at.control = value('"\1"')
at.leading_zero = value("007")
at.bare_point = value("5.")
at.bom = only("\xef\xbb\xbf" .. result("ID"))
at.bad_bytes = value('{"$bytes":"A"}')
at.bad_int = value('{"$int":"1e5"}')
at.bad_float = value('{"$float":"infinity"}')
at.empty_array = value("[]")
at.empty_object = value("{}")
at.big_integer = value("9007199254740993")
at.tagged_integer = value('{"$int":"9223372036854775807"}')

for text, method, id in read do
  if method == "bye" then line(result(id, '"Goodbye"')) os.exit(0) end
  local act = method == "act" and at[mode]
  if not (act and act(id)) and method and id then line(result(id)) end
end
