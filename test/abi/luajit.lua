-- SPDX-License-Identifier: MIT
-- LuaJIT opens an embedded VM by its FFI: luajit luajit.lua LIBRARY SIZE inside|outside SCRIPT. LuaJIT's own functions of
-- Lua are in the way. SIZE is that of fk_vm_options.
local library, size, where, script = arg[1], tonumber(arg[2]), arg[3], arg[4]
local ffi = require "ffi"

ffi.cdef [[
typedef struct fk_vm fk_vm;
typedef struct fk_value {
  uint32_t type, size;
  union { int64_t integer; double number; const char *string; const struct fk_value *items; } as;
} fk_value;
typedef struct { size_t size; const char *backend, *script; char rest[?]; } options;
typedef struct { size_t size; int status; bool vm_alive; int32_t code, exit_status; const char *message; } fk_error;
int fk_vm_open(const void *options, fk_vm **vm);
int fk_vm_call(fk_vm *vm, const char *method, const fk_value *params, fk_value **result);
int fk_vm_close(fk_vm *vm);
const char *fk_status_name(int status);
const fk_error *fk_error_last(void);
void fk_value_free(fk_value *value);
]]
local fk = ffi.load(library)
local INTEGER, STRING, ARRAY = 2, 4, 5

local function message() return ffi.string(fk.fk_error_last().message) end

local function call(vm, method, ...)
  local items = ffi.new("fk_value[?]", math.max(1, select("#", ...)))
  for i = 1, select("#", ...) do
    items[i - 1].type, items[i - 1].as.integer = INTEGER, (select(i, ...))
  end
  local params = ffi.new("fk_value", { ARRAY, select("#", ...) })
  params.as.items = items
  local result = ffi.new "fk_value *[1]"
  assert(fk.fk_vm_call(vm, method, params, result) == 0, message())
  local value = result[0]
  local answer = value.type == STRING and ffi.string(value.as.string, value.size) or tonumber(value.as.integer)
  fk.fk_value_free(value)
  return answer
end

local options = ffi.new("options", size - 3 * ffi.sizeof "void *")
options.size, options.backend, options.script = size, "embedded", script
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
