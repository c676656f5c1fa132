-- SPDX-License-Identifier: MIT
-- The floor of all measurements: a game in plain lua5.4, its host methods stubbed in Lua and as cheap as can be.
--
--   lua5.4 floor.lua DIR [games] [players] [longest]
--
-- DIR is a folder with main.lua (the example game), or with packages/freekill-core. A game of more than `longest`
-- resumes is given up. Warnings go to standard error; prints one line of JSON.
local dir, games, seats = arg[1], tonumber(arg[2] or 10), tonumber(arg[3] or 8)
local longest = tonumber(arg[4] or math.huge)
if not dir then
  io.stderr:write "usage: lua5.4 floor.lua DIR [games] [players] [longest]\n"
  os.exit(2)
end

local notifies, keep = 0, keep_message -- of the server that runs this (states.c), or nothing
local counts = { warning = 0, critical = 0 }
local delays, first, last = {}, 1, 0

local io_open, popen, stderr, plain_loadfile = io.open, io.popen, io.stderr, loadfile -- a game may take them away
local function exists(path)
  local file = io_open(path)
  if file then file:close() end
  return file ~= nil
end

local core = dir .. "/packages/freekill-core"
local is_freekill = exists(core .. "/lua/freekill.lua")
local root = is_freekill and core or dir

-- Plain Lua cannot change its directory: paths are made absolute by hand, as seen from `cwd`.
local cwd = root
local function at(path)
  return path:sub(1, 1) == "/" and path or cwd .. "/" .. path
end
io.open = function(path, mode) return io_open(at(path), mode) end
loadfile = function(path, ...) return plain_loadfile(at(path), ...) end
dofile = function(path) return assert(plain_loadfile(at(path)))() end
package.path = "./?.lua;./?/init.lua"
local package_table = package
table.insert(package.searchers, 2, function(name)
  for template in package_table.path:gmatch "[^;]+" do
    local path = at((template:gsub("%?", (name:gsub("%.", "/")))))
    local chunk = plain_loadfile(path)
    if chunk then return chunk end
    if exists(path) then return assert(plain_loadfile(path)) end
  end
end)

local function list(path)
  local names = {}
  local pipe = popen("ls -A '" .. at(path) .. "'")
  for name in pipe:lines() do names[#names + 1] = name end
  pipe:close()
  return names
end
local function nothing() end
local function logged(name)
  return function(text, ...)
    counts[name] = counts[name] + 1
    stderr:write(name, ": ", select("#", ...) > 0 and text:format(...) or tostring(text), "\n")
  end
end

local clock = os.clock
-- Plain Lua has no finer wall clock; starting the program stays out of what is timed.
local function wall_clock()
  local pipe = popen "date +%s%N"
  local nanoseconds = pipe:read "n"
  pipe:close()
  return nanoseconds / 1e9
end

fk = {
  null = {}, Player_Invalid = 0, Player_Online = 1, Player_Trust = 2, Player_Run = 3,
  Player_Leave = 4, Player_Robot = 5, Player_Offline = 6,
  qDebug = nothing, qInfo = nothing, qWarning = logged "warning", qCritical = logged "critical",
  GetMicroSecond = function() return math.floor(clock() * 1e6) end,
  GetDisabledPacks = function() return "[]" end,
  QmlBackend_pwd = function() return cwd end,
  QmlBackend_ls = list,
  QmlBackend_exists = function(path) return exists(at(path)) end,
  QmlBackend_isDir = function(path) return exists(at(path) .. "/.") and io_open(at(path)):read(0) == nil end,
  QmlBackend_cd = function(path)
    for part in path:gmatch "[^/]+" do
      cwd = part == ".." and cwd:match "^(.*)/[^/]+$" or cwd .. "/" .. part
    end
  end,
  call = nothing, notify = nothing,
}
os.getms = fk.GetMicroSecond

local list_meta = { __index = {
  at = function(self, i) return self[i + 1] end,
  length = function(self) return #self end,
} }
local function qlist(items) return setmetatable(items, list_meta) end

local function constant(value) return function() return value end end
local player_meta = { __index = {
  getId = function(self) return self.id end,
  getScreenName = function(self) return "player" .. self.id end,
  getAvatar = constant "liubei",
  getState = constant(fk.Player_Trust),
  getTotalGameTime = constant(0),
  getGameData = constant(qlist { 0, 0, 0 }),
  doNotify = function(_, _, payload)
    notifies = notifies + 1
    if keep then keep(payload) end
  end,
  doRequest = nothing, setThinking = nothing, setDied = nothing, emitKick = nothing,
  waitForReply = constant "__cancel", thinking = constant(false),
  saveState = nothing, getSaveState = constant "{}", saveGlobalState = nothing, getGlobalSaveState = constant "{}",
} }

local settings = ""
local room_meta = { __index = {
  getId = function(self) return self.id end,
  getPlayers = function(self) return self.players end,
  getOwner = function(self) return self.players[1] end,
  getObservers = constant(qlist {}),
  hasObserver = constant(false),
  getTimeout = constant(15),
  settings = function() return settings end,
  delay = function(self)
    last = last + 1
    delays[last] = self.id
  end,
  setRequestTimer = nothing, destroyRequestTimer = nothing, gameOver = nothing,
  increaseRefCount = nothing, decreaseRefCount = nothing,
  updatePlayerWinRate = nothing, updateGeneralWinRate = nothing,
  getSessionId = constant(1), getSessionData = constant "{}", setSessionData = nothing,
} }

local function new_room(_, id)
  local players = {}
  for i = 1, seats do players[i] = setmetatable({ id = i, connId = i }, player_meta) end
  return setmetatable({ id = id, players = qlist(players) }, room_meta)
end

if is_freekill then
  dofile "lua/freekill.lua"
  settings = cbor.encode {
    gameMode = "aaa_role_mode", enableFreeAssign = false, enableDeputy = false, luckTime = 0, generalNum = 3,
    disabledPack = {}, disabledGenerals = {}, password = "", roomName = "x", generalTimeout = 15,
  }
  dofile "lua/server/scheduler.lua"
else
  package.preload["fk.freekill"] = function() return fk end
  dofile "main.lua"
end
InitScheduler { getRoom = new_room }

local per_notify, all_notifies, resumes, over = {}, 0, 0, 0
local wall, start = wall_clock(), clock()
for game = 1, games do
  notifies = 0
  local from, from_resumes = clock(), resumes
  HandleRequest("-1," .. game .. ",newroom")
  local done = false
  while not done and first <= last and resumes - from_resumes < longest do
    local id = delays[first]
    delays[first] = nil
    first = first + 1
    resumes = resumes + 1
    done = ResumeRoom(id, "delay_done")
  end
  if done then over = over + 1 end
  delays, first, last = {}, 1, 0
  per_notify[game] = (clock() - from) / notifies * 1e6
  all_notifies = all_notifies + notifies
end
local cpu = clock() - start
wall = wall_clock() - wall
local sorted = table.move(per_notify, 1, #per_notify, 1, {})
table.sort(sorted)
print(('{"games":%d,"rooms_ended":%d,"notifies":%d,"resumes":%d,"warnings":%d,"criticals":%d,"cpu_s":%.4f,"wall_s":%.4f,'
  .. '"us_per_notify":%.4f,"us_per_game":[%s]}')
  :format(games, over, all_notifies, resumes, counts.warning, counts.critical, cpu, wall,
    sorted[(#sorted + 1) // 2], table.concat(per_notify, ",")))
