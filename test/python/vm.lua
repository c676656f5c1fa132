-- SPDX-License-Identifier: MIT
-- What the tests of the Python binding call.
print("loaded")

function add(a, b) return a + b end
function echo(...) return ... end
function count(...) return select("#", ...) end
function kind(value) return math.type(value) or (value == fk.null and "fk.null") or type(value) end
function bytes(text) return {text:byte(1, -1)} end
function nothing() end
function names(options) return options.a .. options.b end

local function deeper(text) error(text) end
function fail(text) deeper(text) end
function fail_with_table() error({code = 7}) end

function ask(method, ...) return fk.call(method, ...) end
function try(method, ...)
  local ok, problem = pcall(fk.call, method, ...)
  return {ok, tostring(problem)}
end
function try_then_fail(method, ...)
  pcall(fk.call, method, ...)
  error("of the script itself")
end
function tell(method, ...) fk.notify(method, ...) end
function tell_many(n) for i = 1, n do fk.notify("told", i) end end

function global(name) return _G[name] end
function say(...) for _, text in ipairs {...} do print(text) end end
function log() fk.debug("d") fk.info("i") fk.warning("w") fk.critical("c\ncritical: forged") end
function speak(method) print("before") fk.call(method) print("after") end

function loop() while true do end end
function loop_after(method) fk.call(method) while true do end end
function hoard() local kept = {} while true do kept[#kept + 1] = ("x"):rep(1 << 20) .. #kept end end
