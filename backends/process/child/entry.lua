-- SPDX-License-Identifier: MIT
-- A child VM in a stock interpreter: FK_VM_COMMAND="lua5.4 /path/to/entry.lua". The module fk_native stands beside this file.
local here = arg[0]:match("^(.*/)") or "./"
package.cpath = here .. "?.so;" .. package.cpath
if _VERSION ~= "Lua 5.4" then
  io.stderr:write("entry.lua: this is ", _VERSION, jit and " (" .. jit.version .. ")" or "",
    ", fkvm's children need Lua 5.4: put lua5.4 into FK_VM_COMMAND or options.command\n")
  os.exit(2)
end
if not arg[1] then
  io.stderr:write("entry.lua: the script to run is missing; fk_vm_open() appends options.script\n")
  os.exit(2)
end
require("fk_native").serve(arg[1])
