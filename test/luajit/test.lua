-- SPDX-License-Identifier: MIT
-- The LuaJIT binding on one backend. usage: luajit test.lua FOLDER-OF-FKVM.LUA FOLDER BACKEND
local module_folder, folder, backend = ...
package.path = module_folder .. "/?.lua;" .. package.path
local ffi = require "ffi"
local fkvm = require "fkvm"

local function open(more)
  local options = { script = "game.lua", directory = folder, backend = backend }
  for name, value in pairs(more or {}) do options[name] = value end
  return fkvm.open(options)
end

local function same(got, wanted, what)
  if got ~= wanted then
    error(("%s: %s came instead of %s"):format(what, tostring(got), tostring(wanted)), 2)
  end
end

local function raises(part, f, ...)
  local ok, why = pcall(f, ...)
  if ok then error("no error came, expected: " .. part, 2) end
  if not tostring(why):find(part, 1, true) then
    error("expected '" .. part .. "' in: " .. tostring(why), 2)
  end
  return why
end

local tests = {}

function tests.values_there()
  local vm = open()
  same(vm:call("kinds", 1, 1.5, -0.0, 2 ^ 53, fkvm.float(3), 7LL, nil, true, "x\0y", {}),
    "integer float float float float integer nil boolean string table", "kinds")
  vm:close()
end

function tests.values_back()
  local vm = open()
  for _, value in ipairs { 1, -1.5, 2 ^ 52, 1 / 0, true, false, "", "bytes \255\0" } do
    same(vm:call("echo", value), value, "echo")
  end
  same(vm:call("echo"), nil, "nothing")
  same(1 / vm:call("echo", -0.0), -1 / 0, "-0.0")
  local nan = vm:call("echo", 0 / 0)
  same(nan ~= nan, true, "nan")
  same(vm:call("echo", 9223372036854775807LL), 9223372036854775807LL, "64 bits")
  local t = vm:call("echo", { hp = { 3, fkvm.null, { name = "Zhang" } } })
  same(t.hp[1], 3, "item")
  same(t.hp[2], fkvm.null, "null in a table")
  same(t.hp[3].name, "Zhang", "member")
  same(vm:call("sums", { 1, 2, 3 }), 6, "array")
  vm:close()
end

function tests.values_that_cannot_cross()
  local vm = open()
  local cycle = {}
  cycle[1] = cycle
  raises("value cannot cross: a function", vm.call, vm, "echo", print)
  raises("nest deeper than 128", vm.call, vm, "echo", cycle)
  raises("a key that is a number", vm.call, vm, "echo", { a = 1, [5] = 2 })
  raises("BAD_VALUE", vm.call, vm, "echo", { ["\255"] = 1 })
  same(vm:call("add", 1, 2), 3, "it lives")
  vm:close()
end

function tests.host_methods()
  local vm, told
  vm = open {
    methods = {
      join = function(...) return table.concat({ ... }, "+") end,
      count = function(...) return select("#", ...) end,
      again = function(n) return n == 0 and 0 or 1 + vm:call("ask", "again", n - 1) end,
      fail = function() error("out of cards", 0) end,
      odd = function() return print end,
      told = function(text) told = text end,
    },
  }
  same(vm:call("ask", "join", "a", "b"), "a+b", "parameters")
  same(vm:call("ask", "count", nil, nil), 2, "nils keep their places")
  same(vm:call("ask", "again", 5), 5, "nesting")
  same(vm:call("ask", "told", "x"), nil, "no result")
  vm:call("tell", "told", "news")
  same(told, "news", "notification")
  same(vm:call("try", "fail"):find("out of cards", 1, true) ~= nil, true, "its error in Lua")
  raises("out of cards", vm.call, vm, "ask", "fail")
  raises("value cannot cross: a function", vm.call, vm, "ask", "odd")
  raises("no host method 'nobody'", vm.call, vm, "ask", "nobody")
  vm:close()
end

function tests.errors()
  local vm = open { call_timeout = 50 }
  local why = raises("game.lua:", vm.call, vm, "fails")
  same(why.status, "SCRIPT_ERROR", "status")
  same(why.vm_alive, true, "it lives")
  same(why.method, "fails", "method")
  same(why.traceback:find("in function 'fails'", 1, true) ~= nil, true, "traceback")
  same(raises("nothing_there", vm.call, vm, "nothing_there").status, "NO_METHOD", "status")
  same(raises("limit of 50 ms", vm.call, vm, "spins").status, "TIMEOUT", "status")
  vm:close()
  vm:close() -- again: nothing
  raises("this VM is closed", vm.call, vm, "fails")
  raises("no_such.lua", open, { script = "no_such.lua" })
  raises("there is no option 'scrpt'", open, { scrpt = "game.lua" })
end

function tests.output_and_the_rest()
  local lines = {}
  local vm = open { output = function(level, text) lines[#lines + 1] = level .. ":" .. text end }
  vm:notify("say", "first")
  vm:call("say", "second")
  same(table.concat(lines, " "), "print:first print:second", "output")
  vm:poll()
  same(vm:stats().backend, backend, "stats")
  same(vm:stats().calls, 2, "calls")
  same(backend == "process", vm:fd() ~= nil, "a descriptor to watch")
  vm:close()
end

function tests.death()
  if backend ~= "process" then return end
  ffi.cdef "int kill(int pid, int signal);"
  local vm = open()
  ffi.C.kill(vm:stats().pid, 9)
  local why = raises("VM_DIED", vm.call, vm, "add", 1, 2)
  same(why.vm_alive, false, "it is dead")
  same(why.death, "SIGNAL", "cause")
  same(why.exit_status, -9, "exit status")
  vm:close()
end

-- Compiled loops and many VMs at once.
function tests.many()
  local vms = {}
  for i = 1, 8 do vms[i] = open { methods = { own = function() return i end } } end
  local sum = 0
  for round = 1, 200 do
    for i = 1, 8 do sum = sum + vms[i]:call("ask", "own") end
  end
  same(sum, 200 * 36, "each VM has its own methods")
  for i = 1, 8 do vms[i]:close() end
end

for name, test in pairs(tests) do
  test()
  print("ok " .. name)
end
