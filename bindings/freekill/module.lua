-- SPDX-License-Identifier: MIT
-- The module fk.freekill: FreeKill's names for what the library offers, and its rooms and players. Its
-- entry script requires it before it loads the core; no other game needs it.
local native, fk = ...

fk.Player_Invalid, fk.Player_Online, fk.Player_Trust, fk.Player_Run = 0, 1, 2, 3
fk.Player_Leave, fk.Player_Robot, fk.Player_Offline = 4, 5, 6

fk.qDebug, fk.qInfo, fk.qWarning, fk.qCritical = fk.debug, fk.info, fk.warning, fk.critical
fk.GetMicroSecond = fk.microseconds
os.getms = fk.microseconds

fk.QmlBackend_cd, fk.QmlBackend_ls, fk.QmlBackend_pwd = cd, ls, pwd
fk.QmlBackend_exists, fk.QmlBackend_isDir = exists, isDir

fk.QRandomGenerator = require "fk.qrandom"
QRandomGenerator = fk.QRandomGenerator

local disabled_packs = native.environment("FK_DISABLED_PACKS") or "[]"
function fk.GetDisabledPacks() return disabled_packs end
local getenv = os.getenv
os.getenv = function(name)
  if name == "FK_DISABLED_PACKS" then return disabled_packs end
  return getenv(name)
end

native.method_table = require "fk.freekill.methods"
require "fk.freekill.objects"
require "fk.freekill.updates"

-- dbg() would wait for a person at the protocol's standard input; the core brings one of its own.
local rawget, rawset, globals, type = rawget, rawset, _G, type
local function disable_dbg() rawset(globals, "dbg", native.no_debugger "dbg()") end
disable_dbg()

fk.on_open(function()
  disable_dbg()
  local thread, init = fk.RoomThread(), rawget(globals, "InitScheduler")
  if type(init) == "function" then init(thread, fk.Server()) end
end)

return fk
