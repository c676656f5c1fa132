-- SPDX-License-Identifier: MIT
-- The module fk.freekill: FreeKill's names for what the library offers, and its rooms and players. Its
-- entry script requires it before it loads the core; no other game needs it.
local native, fk = ...

fk.Player_Invalid, fk.Player_Online, fk.Player_Trust, fk.Player_Run = 0, 1, 2, 3
fk.Player_Leave, fk.Player_Robot, fk.Player_Offline = 4, 5, 6

fk.qDebug, fk.qInfo, fk.qWarning, fk.qCritical = fk.debug, fk.info, fk.warning, fk.critical
fk.GetMicroSecond = fk.microseconds
os.getms = fk.microseconds

fk.QmlBackend_cd, fk.QmlBackend_pwd = cd, pwd
fk.QmlBackend_exists, fk.QmlBackend_isDir = exists, isDir

-- As Qt lists a folder: nothing of one that is missing or cannot be read, neither dot files nor links that
-- lead nowhere, and in an order that knows no case.
local ls, exists, isDir, ipairs, pcall, sort = ls, exists, isDir, ipairs, pcall, table.sort
local sub, lower = string.sub, string.lower
function fk.QmlBackend_ls(path)
  path = path or "."
  local read, names = isDir(path), {}
  if read then read, names = pcall(ls, path) end
  if not read then return {} end
  local shown, keys = {}, {}
  for _, name in ipairs(names) do
    if sub(name, 1, 1) ~= "." and exists(path .. "/" .. name) then
      shown[#shown + 1], keys[name] = name, lower(name)
    end
  end
  sort(shown, function(a, b)
    if keys[a] ~= keys[b] then return keys[a] < keys[b] end
    return a < b
  end)
  return shown
end

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
