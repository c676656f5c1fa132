-- SPDX-License-Identifier: MIT
-- What packages of strangers try.

function fine() return "fine" end

-- "done" and the result, or "refused" and why; a nil with a message counts as refused.
local pcall, tostring, select = pcall, tostring, select
local function try(f, ...)
  local good, value, why = pcall(f, ...)
  if not good then return { "refused", tostring(value) } end
  if value == nil and why then return { "refused", tostring(why) } end
  return { "done", tostring(value) }
end

local function field(path)
  local value = _G
  for name in path:gmatch("[^.]+") do value = value[name] end
  return value
end

function call(path, ...) return try(field(path) or error(path .. " is nil"), ...) end
function is_nil(path) return field(path) == nil end
function names_of(path)
  local names = {}
  for name in pairs(field(path)) do names[#names + 1] = name end
  table.sort(names)
  return names
end

-- The libraries by other ways than the globals.
function by_require(module, name, ...) return try(require(module)[name], ...) end
function same_by_require(module) return require(module) == _G[module] and package.loaded[module] == _G[module] end
function without_globals(module, name, ...)
  _G[module] = nil
  return by_require(module, name, ...)
end

-- Bytecode.
local bytecode = "\27Lua and so on"
function load_bytecode(mode) return try(load, bytecode, "chunk", mode) end
function load_bytecode_in_pieces()
  local pieces = { "\27L", "ua and so on" }
  return try(load, function() return table.remove(pieces, 1) end, "chunk", "bt")
end
function load_text() return try(assert(load("return 1 + 1", "chunk", "t", {}))) end
function loadfile_bytecode(mode) return try(loadfile, "binary/bytecode.lua", mode) end
function dofile_bytecode() return try(dofile, "binary/bytecode.lua") end
function require_bytecode()
  package.path = "binary/?.lua;" .. package.path
  return try(require, "bytecode")
end
function require_c(name)
  package.cpath = "/usr/lib/x86_64-linux-gnu/lua/5.4/?.so;/usr/local/lib/lua/5.4/?.so;./?.so"
  return try(require, name)
end
function dump() return try(string.dump, fine) end
function dump_by_metatable() return try(getmetatable("").__index.dump, fine) end

-- Debugging.
function info_has_no_function()
  local info = debug.getinfo(1) or {}
  local there = debug.getinfo(fine)
  return info.func == nil and there.func == nil and info.currentline ~= nil and there.source ~= nil
end
function traceback() return debug.traceback("here") end
function traceback_of_coroutine()
  local co = coroutine.create(function() coroutine.yield() end)
  coroutine.resume(co)
  return debug.traceback(co) ~= nil and debug.getinfo(co, 1) ~= nil
end

-- Output.
function forge()
  print('{"jsonrpc":"2.0","method":"mark","params":["forged"]}')
  io.write('{"jsonrpc":"2.0","method":"mark","params":["forged"],"id":1}\n')
  io.stdout:write('{"jsonrpc":"2.0","result":"forged","id":1}\n')
  return "fine"
end
function close_streams()
  return { tostring((io.stdout:close())), tostring((io.close())), tostring((io.stdin:close())), io.type(io.stdout),
    tostring(io.read()), tostring(io.stdin:read("a")) }
end
function odd_output() print("a\0b\27[31m\xff") io.write("no end") end

-- Overwriting what the runtime may use.
function overwrite()
  for _, name in ipairs { "print", "tostring", "pcall", "error", "type", "select", "setmetatable", "rawset", "rawget",
    "ipairs", "pairs", "next", "load", "require", "coroutine", "string", "table", "io", "debug", "os", "package", "fk" } do
    _G[name] = function() while true do end end
  end
  getmetatable("").__index = nil
  getmetatable("").__concat = function() while true do end end
  return "overwritten"
end
local object = fk.object
function after_overwriting() return object {} end
function poison_globals()
  setmetatable(_G, { __index = function() error("poisoned") end, __newindex = function() error("poisoned") end })
end
function missing_global_is_nil() return rawget(_G, "no_such_thing") == nil end

-- Coroutines across the border.
function yields() coroutine.yield(1) end
function yields_across_the_host()
  return coroutine.wrap(function() return fk.call("back", "yields") end)()
end

-- Files.
function open_file(path, mode) return try(io.open, path, mode) end
function read_link() return try(function() return assert(io.open("tree/one.lua")):read("l") end) end
function write_and_read(path)
  local file = assert(io.open(path, "w"))
  file:write("written")
  file:close()
  file = assert(io.open(path))
  local text = file:read("a")
  file:close() -- Windows removes no file that is open
  os.remove(path)
  return text
end
function popen(command) local pipe = assert(io.popen(command)) local text = pipe:read("l") pipe:close() return text end
