-- SPDX-License-Identifier: MIT
-- Ways out of the sandbox. Each returns "held", or what it reached.
require "fk.freekill"
function fine() return "fine" end

-- Every one of these must raise an error, return nil with a message, or not be there.
local function refused(...)
  for _, attempt in ipairs { ... } do
    local ok, result, why = pcall(attempt)
    if ok and result then return "reached: " .. tostring(result) end
    local message = ok and why or result
    if type(message) ~= "string" or #message < 10 then return "refused without a reason: " .. tostring(message) end
  end
  return "held"
end
local function absent(...)
  for _, name in ipairs { ... } do if debug[name] ~= nil then return "debug." .. name .. " is there" end end
  return "held"
end

function debug_sethook() return absent("sethook", "gethook") end
function debug_getregistry() return absent("getregistry") end
function debug_setmetatable() return absent("setmetatable", "getmetatable") end
function debug_upvalues()
  return absent("getupvalue", "setupvalue", "upvaluejoin", "upvalueid", "getlocal", "setlocal", "getuservalue", "setuservalue", "setcstacklimit")
end
-- What leads to the registry or to the library's own tables elsewhere.
function registry_tricks()
  for _, value in pairs { fk.null, io.stdout, io.stdin, fk.call, print } do
    local meta = getmetatable(value)
    if type(meta) == "table" then
      meta.__index = nil
      if meta.__gc then return "a finalizer of " .. tostring(value) end
    end
  end
  for name, value in pairs(package) do
    if type(value) == "table" and rawget(value, "_LOADED") then return "package." .. name end
  end
  return "held"
end
function debug_debug() return debug.debug() == nil and "held" or "debug.debug() returned something" end
function dbg_call() return dbg() == nil and "held" or "dbg() returned something" end
function getinfo_function()
  for _, what in ipairs { "f", "nSlutrfL" } do
    local info = debug.getinfo(1, what)
    if info.func or info.activelines then return "the function by " .. what end
  end
  local ok, info = pcall(debug.getinfo, print, "f")
  if ok and info and info.func then return "a function" end
  return "held"
end
-- The metatable of strings is this VM's own to spoil; that of fk.null and of files is closed or harmless.
function shared_metatables()
  for _, file in ipairs { io.stdin, io.stdout, io.stderr, (io.open("escape.lua")) } do
    if type(getmetatable(file)) == "table" then return "the metatable of files" end
  end
  local ok = pcall(setmetatable, io.stdout, {})
  if ok then return "another metatable for the output" end
  return "held"
end

local bytecode = "\27LuaT\0\x19\x93\r\n\x1a\n" .. ("\4\8\8"):rep(20)
local function not_loaded(loader, ...)
  local ok, chunk, why = pcall(loader, ...)
  if ok and chunk then return "loaded" end
  why = tostring(ok and why or chunk)
  if not why:find("binary") and not why:find("bytecode") and not why:find("mode") then return "another reason: " .. why end
  return "held"
end
function load_bytecode() return not_loaded(load, bytecode) end
function loadfile_bytecode() return not_loaded(loadfile, "bytecode.luac") end
function dofile_bytecode() return not_loaded(dofile, "bytecode.luac") end
function require_bytecode()
  package.path = "./?.luac"
  return not_loaded(require, "bytecode")
end
function load_by_reader()
  local parts, i = { bytecode:sub(1, 1), bytecode:sub(2) }, 0
  return not_loaded(load, function() i = i + 1 return parts[i] end)
end
function load_with_mode()
  for _, mode in ipairs { "b", "bt" } do
    local outcome = not_loaded(load, bytecode, "x", mode, {})
    if outcome ~= "held" then return mode .. ": " .. outcome end
  end
  -- A mode that reads differently each time it is looked at.
  local looks = 0
  local mode = setmetatable({}, { __tostring = function() looks = looks + 1 return looks == 1 and "t" or "b" end })
  return pcall(load, bytecode, "x", mode) and select(2, pcall(load, bytecode, "x", mode)) and "loaded" or "held"
end
function string_dump() return refused(function() return string.dump(function() end) end, function() return ("").dump(fine) end) end

function os_exit() return refused(os.exit, function() return os.exit(true, true) end) end
function os_execute() return refused(os.execute, function() return os.execute("true") end) end
function io_popen() return refused(function() return io.popen("true") end) end
function os_setlocale() return refused(function() return os.setlocale("C") end, os.setlocale) end
function os_setlocale_changes() return refused(function() return os.setlocale("nl_NL") end, function() return os.setlocale("", "numeric") end) end
function os_remove() return refused(function() return os.remove("empty.lua") end) end
function os_rename() return refused(function() return os.rename("empty.lua", "other.lua") end) end
function os_tmpname() return refused(os.tmpname) end
function io_tmpfile() return refused(io.tmpfile) end
function os_getenv() return os.getenv("PATH") == nil and os.getenv("HOME") == nil and "held" or "the server's environment" end
function package_loadlib() return refused(function() return package.loadlib("libm.so.6", "*") end) end
function c_modules()
  package.cpath = "/usr/lib/x86_64-linux-gnu/lua/5.4/?.so;/usr/local/lib/lua/5.4/?.so;./?.so"
  if #package.searchers > 2 then return "a searcher for C modules" end
  return refused(function() return require("socket.core") end)
end
function io_open_for_writing()
  for _, mode in ipairs { "w", "a", "r+", "w+", "a+", "wb", "r+b" } do
    local outcome = refused(function() return io.open("empty.lua", mode) end)
    if outcome ~= "held" then return mode .. ": " .. outcome end
  end
  return "held"
end
function number_as_path()
  local name = 20261127
  return refused(function() return io.open(name, "w") end, function() return io.output(name) end,
    function() return os.remove(name) end, function() return os.rename(name, name + 1) end)
end
function nul_in_path()
  return refused(function() return io.open("empty.lua\0.txt") end, function() return loadfile("empty.lua\0.txt") end,
    function() return exists("empty.lua\0.txt") end, function() return io.input("empty.lua\0.txt") end)
end
function read_elsewhere()
  for _, path in ipairs { "/etc/passwd", "/root", "/", "../../..", "..", "/tmp" } do
    if exists(path) or isDir(path) or cd(path) then return path .. " is told of" end
    local outcome = refused(function() return io.open(path) end, function() return io.lines(path) end,
      function() return loadfile(path) end, function() return dofile(path) end, function() return ls(path) end,
      function() return io.input(path) end)
    if outcome ~= "held" then return path .. ": " .. outcome end
  end
  return "held"
end
function read_devices()
  for _, path in ipairs { "/proc/self/mem", "/proc/self/environ", "/proc/self/fd/0", "/dev/null", "/dev/zero", "/dev/tty",
    "/sys/kernel/notes" } do
    local outcome = refused(function() return io.open(path) end, function() return io.lines(path) end,
      function() return loadfile(path) end)
    if outcome ~= "held" then return path .. ": " .. outcome end
  end
  return "held"
end
function many_files()
  local held = {}
  for i = 1, 10000 do
    local file, why = io.open("empty.lua")
    if not file then return i <= 65 and why:find("64 files") and "held" or why end
    held[i] = file
  end
  return "ten thousand files"
end
function io_output_to_file() return refused(function() return io.output("written.txt") end) end

-- After the globals are gone: what comes back is the restricted table.
local function restricted(name, ...)
  local saved, allowed = _G[name], {}
  _G[name] = nil
  local ok, again = pcall(require, name)
  _G[name] = saved
  if not ok then return "held" end
  for _, dangerous in ipairs { ... } do
    local done, result = pcall(function() return again[dangerous]("true", "w") end)
    if again[dangerous] and done and result then return name .. "." .. dangerous end
  end
  return "held"
end
function require_io() return restricted("io", "popen", "tmpfile", "open", "output") end
function require_debug() return restricted("debug", "getregistry", "sethook", "getupvalue") end
function package_loaded()
  for _, name in ipairs { "io", "os", "debug", "package", "string", "coroutine" } do
    if package.loaded[name] ~= _G[name] then return "another " .. name end
  end
  return package.loaded._G.io == io and "held" or "another _G"
end

function trusted_can()
  if not io.popen("true") then return "io.popen" end
  if not os.execute("true") then return "os.execute" end
  local name = os.tmpname()
  local file = io.open(name, "w")
  if not file then return "io.open" end
  file:write("text")
  file:close()
  return os.remove(name) and "held" or "os.remove"
end
