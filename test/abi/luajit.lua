-- SPDX-License-Identifier: MIT
-- LuaJIT opens an embedded VM by its FFI: luajit luajit.lua CDEF LIBRARY inside|outside SCRIPT. LuaJIT's own functions of
-- Lua are in the way.
local cdef, library, where, script = arg[1], arg[2], arg[3], arg[4]
local ffi = require "ffi"

ffi.cdef(io.open(cdef):read "*a")
local fk = ffi.load(library)

local function message() return ffi.string(fk.fk_error_last().message) end

local function call(vm, method, ...)
  local items = ffi.new("fk_value[?]", math.max(1, select("#", ...)))
  for i = 1, select("#", ...) do
    items[i - 1].kind, items[i - 1].integer = fk.FK_INT, (select(i, ...))
  end
  local params = ffi.new("fk_value", { fk.FK_ARRAY, select("#", ...) })
  params.items = items
  local result = ffi.new "fk_value *[1]"
  assert(fk.fk_vm_call(vm, method, params, result) == 0, message())
  local value = result[0]
  local answer = value.kind == fk.FK_STRING and ffi.string(value.string, value.size) or tonumber(value.integer)
  fk.fk_value_free(value)
  return answer
end

local options = ffi.new "fk_vm_options"
options.size, options.backend, options.script = ffi.sizeof "fk_vm_options", "embedded", script
local vm = ffi.new "fk_vm *[1]"
local status = ffi.string(fk.fk_status_name(fk.fk_vm_open(options, vm)))
print(status, message())
if where == "outside" then
  assert(status == "NO_BACKEND" and message():find("two Luas", 1, true) and message():find("-Dlua_source", 1, true))
  return
end
assert(status == "OK")
assert(call(vm[0], "Add", 40, 2) == 42)
assert(call(vm[0], "Version") == "Lua 5.4 integer" and _VERSION == "Lua 5.1" and jit)
assert(fk.fk_vm_close(vm[0]) == 0, message())
print "LuaJIT and an embedded VM in one process"
