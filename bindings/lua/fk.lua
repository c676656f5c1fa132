-- SPDX-License-Identifier: MIT
-- The library `fk` that scripts see, the same on every backend. `native` holds what C offers.
local native = ...
local setmetatable = setmetatable -- scripts may replace the globals

local fk = {
  null = native.null, -- null inside arrays and objects; not nil, so that it keeps its place
}

-- fk.call(method, ...): calls a host method of the server and returns its result; raises its error.
-- fk.notify(method, ...): the same without waiting: nothing is returned, a failure is a log record.
fk.call, fk.notify = native.call, native.notify

-- Marks a table as an object, so that it crosses as {} and not as [] when it is empty.
function fk.object(members)
  return setmetatable(members or {}, native.object_mark)
end

local format, tostring, select, type, error = string.format, tostring, select, type, error

-- fk.info(text, ...) and its like: a record of the server's log; more arguments go through string.format.
local function logger(level)
  return function(text, ...)
    text = tostring(text)
    if select("#", ...) > 0 then text = format(text, ...) end
    native.output(level, text .. "\n")
  end
end
fk.debug, fk.info = logger(native.DEBUG), logger(native.INFO)
fk.warning, fk.critical = logger(native.WARNING), logger(native.CRITICAL)

fk.microseconds = native.microseconds -- of the wall clock

-- A list of functions to be run later, in their order.
local function hooks(name)
  local list = {}
  local function add(hook)
    if type(hook) ~= "function" then
      error(name .. ": a function is needed, not a " .. type(hook) .. " value", 2)
    end
    list[#list + 1] = hook
  end
  local function run() for i = 1, #list do list[i]() end end
  return add, run
end

-- fk.on_open(fn): fn runs once the script is loaded, before the server calls anything.
fk.on_open, native.open = hooks "fk.on_open"

-- fk.on_fork(fn): fn renews what must differ between VMs that were loaded once and copied. It runs in each
-- copy, before those of on_open; in a VM that is no copy it never runs.
local renew, randomseed
fk.on_fork, renew = hooks "fk.on_fork"
randomseed = math.randomseed
function native.renew(seed, more)
  randomseed(seed, more)
  renew()
end

-- What the library answers itself when the server calls it; a script's global of that name comes second.
native.answers = {
  ping = function() return "PONG" end,
  bye = function() return "Goodbye" end,
}

return fk
