-- SPDX-License-Identifier: MIT
function echo(...) return ... end
function add(a, b) return a + b end
function kind(v) return v == fk.null and "null" or math.type(v) or type(v) end
function ask(method, ...) return fk.call(method, ...) end
function tell(method, ...) fk.notify(method, ...) end
function try(method, ...)
  local ok, why = pcall(fk.call, method, ...)
  return ok and "fine" or tostring(why)
end
function say(text) print(text) end
function fails(why) error(why, 0) end
function digs() local nothing; return nothing.x end
function spins() while true do end end
function starts_to_spin() fk.call("started") while true do end end
