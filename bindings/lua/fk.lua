-- SPDX-License-Identifier: MIT
-- The library `fk` that game code sees, the same on every backend. `native` holds what C offers.
local native = ...
local setmetatable = setmetatable -- scripts may replace the globals

local fk = {
  null = native.null, -- null inside arrays and objects; not nil, so that it keeps its place
  Player_Invalid = 0,
  Player_Online = 1,
  Player_Trust = 2,
  Player_Run = 3,
  Player_Leave = 4,
  Player_Robot = 5,
  Player_Offline = 6,
}

-- fk.call(method, ...): calls a host method of the server and returns its result; raises its error.
-- fk.notify(method, ...): the same without waiting: nothing is returned, a failure is a log record.
fk.call, fk.notify = native.call, native.notify

-- Marks a table as an object, so that it crosses as {} and not as [] when it is empty.
function fk.object(members)
  return setmetatable(members or {}, native.object_mark)
end

-- A list as Qt's: at(i) from 0, length(). It stays an ordinary sequence for ipairs.
local list_meta = {
  __index = {
    at = function(self, i) return self[i + 1] end,
    length = function(self) return #self end,
  },
}
function fk.QList(items)
  return setmetatable(items, list_meta)
end

local format, tostring, select, type, error = string.format, tostring, select, type, error

local function logger(level)
  return function(text, ...)
    text = tostring(text)
    if select("#", ...) > 0 then text = format(text, ...) end
    native.output(level, text .. "\n")
  end
end
fk.qDebug, fk.qInfo = logger(native.DEBUG), logger(native.INFO)
fk.qWarning, fk.qCritical = logger(native.WARNING), logger(native.CRITICAL)

fk.GetMicroSecond = native.microseconds
fk.QRandomGenerator = native.QRandomGenerator

function fk.GetDisabledPacks()
  return native.disabled_packs
end

-- fk.on_fork(fn): fn renews what must differ between VMs that were loaded once and copied. It runs in each copy,
-- before InitScheduler; in a VM that is no copy it never runs.
local renewals, randomseed = {}, math.randomseed
function fk.on_fork(renew)
  if type(renew) ~= "function" then error("fk.on_fork: a function is needed, not a " .. type(renew) .. " value", 2) end
  renewals[#renewals + 1] = renew
end
function native.renew(seed, more)
  randomseed(seed, more)
  for i = 1, #renewals do renewals[i]() end
end

fk.QmlBackend_cd = native.cd
fk.QmlBackend_ls = native.ls
fk.QmlBackend_pwd = native.pwd
fk.QmlBackend_exists = native.exists
fk.QmlBackend_isDir = native.is_dir

return fk
