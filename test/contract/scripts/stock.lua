-- SPDX-License-Identifier: MIT
-- Where stock Lua and what stands in its place could differ. Each function returns what it saw.

local function message(f, ...) return tostring(select(2, pcall(f, ...))) end
local function with_file(text, look)
  local path = os.tmpname()
  local file = assert(io.open(path, "wb"))
  file:write(text)
  file:close()
  local result = look(path)
  os.remove(path)
  return result
end
local function seen(path, text) return (text:gsub(path, "PATH", 1, true)) end

-- Of each library what is no C function, is missing, or is not Lua's.
local names = {
  _G = "assert collectgarbage dofile error getmetatable ipairs load loadfile next pairs pcall print rawequal rawget rawlen rawset \z
    require select setmetatable tonumber tostring type warn xpcall",
  coroutine = "close create isyieldable resume running status wrap yield",
  debug = "debug gethook getinfo getlocal getmetatable getregistry getupvalue getuservalue setcstacklimit sethook setlocal \z
    setmetatable setupvalue setuservalue traceback upvalueid upvaluejoin",
  io = "close flush input lines open output popen read tmpfile type write",
  os = "clock date difftime execute exit getenv remove rename setlocale time tmpname",
  package = "loadlib searchpath",
}
function no_c_functions()
  local odd = {}
  local function see(name, f)
    if type(f) ~= "function" or debug.getinfo(f, "S").what ~= "C" or pcall(string.dump, f) then odd[#odd + 1] = name end
  end
  for library, list in pairs(names) do
    local expected = {}
    for name in list:gmatch("%S+") do
      expected[name] = true
      see(library .. "." .. name, _G[library][name])
    end
    for name, value in pairs(_G[library]) do
      local more = library ~= "_G" and type(value) == "function" and not expected[name]
      if more then odd[#odd + 1] = library .. "." .. name end
    end
  end
  for i, searcher in ipairs(package.searchers) do see("package.searchers." .. i, searcher) end
  for name, method in pairs(getmetatable(io.stdout).__index) do see("file:" .. name, method) end
  table.sort(odd)
  return table.concat(odd, " ")
end

-- The standard streams.
function kinds() return { type(io.stdin), io.type(io.stdout), tostring(io.stdin):match "^file %(%w+%)$" ~= nil } end
function metatable() return getmetatable(io.stderr).__name end
function input()
  return { io.read() == nil, io.read("a"), io.stdin:read("n") == nil, io.stdin:lines()() == nil, io.lines()() == nil, io.read(0) == nil }
end
function wrong_way() return { select(2, io.stdout:read()), select(2, io.stdin:write("x")), select(2, io.stdout:seek()), (select(3, io.stdin:seek())) } end
function closing()
  return { io.close() == nil, io.stdin:close() == nil, (select(2, io.close(io.stderr))), io.type(io.stdout), message(io.stdin.close) }
end
function chained() return io.stdout:write("a", 1, 2.5):write("\n") == io.output() and io.output() == io.stdout and io.input() == io.stdin end
function wrong_write() return message(io.write, {}) end
function named() return { message(load "for i = io.stdin, 1 do end"), message(load "return io.stdout + 1"), message(math.sin, io.stdin) } end
function buffered()
  local set = { io.stdout:setvbuf("full", 4096) }
  io.write("one\n")
  print("two")
  set[2] = message(io.stdout.setvbuf, io.stdout, "none")
  return set
end

-- Files.
function odd_names() return { select(2, io.open("")), message(io.input, "none"), message(io.output, "none/none"), message(io.lines, "none") } end
function odd_files() return { message(io.input, {}), message(io.lines, "stock.lua", table.unpack({}, 1, 251)), message(io.popen, "true", "rw") } end
function closed_files()
  local next_line = io.lines "stock.lua"
  while next_line() do end
  io.input("stock.lua")
  io.input():close()
  local texts = { message(next_line), message(io.read), message(io.input, io.input()) }
  io.input(io.stdin)
  return texts
end
function lines_of_a_folder() return message(function() for _ in io.lines(".") do end end) end
function formats()
  return with_file("1 2\nrest", function(path)
    for a, b, rest, none in io.lines(path, "n", "n", "a", "l") do return { a, b, rest, none == nil } end
  end)
end

-- Chunks.
function modes()
  return with_file("return 1", function(text)
    return with_file(string.dump(load "return 2"), function(bytes)
      return { seen(text, select(2, loadfile(text, "b"))), seen(bytes, select(2, loadfile(bytes, "t"))), loadfile(text, "t")(),
        loadfile(bytes, "b")(), loadfile(bytes)() }
    end)
  end)
end
function only_text(path) return { (select(2, loadfile(path, "b"))), loadfile(path, "bt") ~= nil } end
function bytes_behind_a_comment() return with_file("# a comment\n" .. string.dump(load "return 3"), dofile) end
function no_environment() return with_file("return _ENV", function(path) return loadfile(path, "t", nil)() == nil end) end
function yields_in_a_file()
  return with_file("return 1 + coroutine.yield(1), 2", function(path)
    local run = coroutine.wrap(dofile)
    return { run(path), run(10) }
  end)
end
function errors_of_load()
  return { select(2, load(function() error("of the reader", 0) end)), (select(2, load("return " .. ("("):rep(500)))) }
end
function after_an_error_of_load()
  load(function() error("of the reader", 0) end)
  return ("x"):rep(1 << 30)
end

-- Modules.
function search(...)
  local file, tried = package.searchpath(...)
  return file or tried
end
function missing_module(name, path, cpath)
  package.path, package.cpath = path, cpath
  return message(require, name)
end
function broken_path()
  package.path = {}
  return message(require, "none")
end

-- The collector.
function collector_modes()
  local modes = {}
  for i, mode in ipairs { "incremental", "generational", "generational", "incremental" } do modes[i] = collectgarbage(mode) end
  return modes
end
function pauses() return { collectgarbage("setpause", 160), collectgarbage("setstepmul", 120), collectgarbage("setpause", 200) } end
function collects()
  local weak = setmetatable({ {}, {} }, { __mode = "v" })
  collectgarbage()
  local running = collectgarbage "isrunning"
  collectgarbage "stop"
  local stopped = not collectgarbage "isrunning"
  collectgarbage "restart"
  return { #weak, running, stopped, collectgarbage "count" > 10, collectgarbage() }
end
function odd_collector() return message(collectgarbage, "often") end

-- The system.
function shell()
  return { os.execute(), os.execute "exit 3" == nil }
end
function exit_code() return { select(2, os.execute "exit 3") } end
function locale() return { os.setlocale(), os.setlocale(nil, "numeric"), os.setlocale("C", "numeric"), os.setlocale "none" == nil } end
function odd_locale() return message(os.setlocale, "C", "none") end
function light_userdata() return tostring(debug.upvalueid(message, 1)):match "^userdata: %x*x?%x+$" ~= nil end
