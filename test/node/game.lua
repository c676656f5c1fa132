-- SPDX-License-Identifier: MIT
-- What the tests of bindings/node call.
function add(a, b) return a + b end
function global(name) return _G[name] end
function echo(value) return value end
function kind(value) return math.type(value) or type(value) end
function count(...) return select("#", ...) end
function whole() return { 3, 3.0, -0.0, 1e300, "3.0", { [ "$float" ] = "3.0" } } end
function bytes() return "\xff\0" end
function noisy_error() error("bad \xff byte") end

function fail() error("boom") end
function ask(method, ...) return fk.call(method, ...) end
function try_ask(method, ...) return select(2, pcall(fk.call, method, ...)) end
function tell(...) fk.notify("told", ...) end
function loop() while true do end end
function interrupted_loop() fk.call("interrupt") while true do end end

function say()
  print("first")
  fk.call("note", "between")
  io.write("sec", "ond\n")
  print("\xff")
end

function climb(depth) return depth == 0 and "top" or fk.call("climb", depth - 1) end

function litter()
  collectgarbage("stop")
  for i = 1, 100000 do local _ = { i } end
  local kilobytes = collectgarbage("count")
  collectgarbage("restart")
  return kilobytes
end
