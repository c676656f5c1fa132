-- SPDX-License-Identifier: MIT
-- Prints in every way.

function nothing() end
function say(text) print(text) end
function write(...) io.write(...) end
function by_stdout(text) io.stdout:write(text) end
function by_stderr(text) io.stderr:write(text) end
function print_many(...) print(...) end
function levels()
  fk.debug("a %s", "debug")
  fk.info("an info")
  fk.warning("a %d%%", 7)
  fk.critical("critical")
end
function records()
  fk.critical("one\ntwo\nthree")
  fk.warning("ends with lines\n\n")
  fk.info("")
  fk.debug("\n")
end
function record(n, line) fk.info((line .. "\n"):rep(n) .. "end") end
function one_warning(...) warn("@on") warn(...) end
function stderr_pieces(...) for i = 1, select("#", ...) do io.stderr:write((select(i, ...))) end end
function lines(n, size) for _ = 1, n do print(("z"):rep(size)) end end
function print_kinds() print(nil, true, 1, 1.5, "x", setmetatable({}, { __tostring = function() return "named" end })) end
function forged() print('{"jsonrpc":"2.0","method":"mark","params":["forged"]}') end
function forged_by_write() io.write('{"jsonrpc":"2.0","method":"mark","params":["forged"]}\n') end
function read_line() return io.read("l") == nil end
function read_all() local all = io.read("a") return all == "" or all == nil end
function stdin_line() return io.stdin:read("l") == nil end
function no_debugger() debug.debug() return "went on" end
function warn_of(...) warn(...) end
function say_goodbye() kept = setmetatable({}, { __gc = function() print("goodbye") io.write("in pieces") end }) end
function leave_in_order()
  kept = { io.open("output.lua") }
  for i = 1, 3 do
    kept[#kept + 1] = setmetatable({}, { __gc = function() print(i) end })
    kept[#kept + 1] = ("x"):rep(100000) -- beside those, much that needs no finalizer
  end
end
function empty_registry()
  local registry = debug.getregistry()
  for key, value in pairs(registry) do
    if type(key) == "userdata" and type(value) == "userdata" then registry[key] = nil end
  end
  collectgarbage()
end
function leave_slowly()
  kept = setmetatable({}, { __gc = function()
    local start = os.clock()
    while os.clock() - start < 0.7 do end
    print("gone")
  end })
end
function failing_finalizer() setmetatable({}, { __gc = function() error("a finalizer's error") end }) collectgarbage() end
