-- SPDX-License-Identifier: MIT
-- The methods that fkvm conformance calls in a child, for fkvm-host and a stock lua5.4.
local notes = {}

function echo(value) return value end

function pack(...)
  local list = {...}
  for i = 1, select("#", ...) do
    if list[i] == nil then list[i] = fk.null end
  end
  return list
end

function fail(message) error(message) end

function call_host(method, ...) return fk.call(method, ...) end

function notify_host(method, count)
  for i = 1, count do fk.notify(method, i) end
end

function loop()
  fk.call("looping")
  while true do end
end

function note(value) notes[#notes + 1] = value end

function take_notes()
  local taken = notes
  notes = {}
  return taken
end

function print_line(text) print(text) end

function fill(size) return ("x"):rep(size) end

function many(count)
  local list = {}
  for i = 1, count do list[i] = i end
  return list
end

function hold(size) return #("x"):rep(size) end

fk.on_open(function() note(fk.call("opening", "test")) end)
