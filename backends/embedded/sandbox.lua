-- SPDX-License-Identifier: MIT
-- What scripts may not reach. Both levels: the process's own streams and its end. The level `game` (native.restricted):
-- also processes, writing files, C modules, bytecode, and the parts of debug that open every door.
local native = ...

local refuse, no_debugger = native.refuse, native.no_debugger

os.exit = refuse("os.exit", "it would end the server; return from the call instead")
debug.debug = no_debugger "debug.debug()"

if native.restricted then
  local type, tostring, select, ipairs, find = type, tostring, select, ipairs, string.find
  local text_only_load = load
  load = function(chunk, name, mode, ...)
    if mode ~= nil and not find(tostring(mode), "t", 1, true) then
      return nil, "bytecode is not allowed in this sandbox (mode '" .. tostring(mode) .. "')"
    end
    if select("#", ...) > 0 then return text_only_load(chunk, name, "t", (...)) end
    return text_only_load(chunk, name, "t")
  end
  os.setlocale = refuse("os.setlocale", "it would change the server")
  string.dump = refuse("string.dump", "bytecode is not allowed in this sandbox")
  io.popen = refuse("io.popen", "scripts may not start processes")
  io.tmpfile = refuse("io.tmpfile", "scripts may not write files")
  for _, name in ipairs { "execute", "remove", "rename", "tmpname" } do
    os[name] = refuse("os." .. name, "scripts may not start processes or change files")
  end
  os.getenv = function() return nil end
  package.loadlib = refuse("package.loadlib", "C modules are not allowed in this sandbox")
  package.cpath = ""
  package.searchers[4], package.searchers[3] = nil, nil

  local getinfo, traceback = debug.getinfo, debug.traceback
  local allowed = { "name", "namewhat", "short_src", "source", "what", "currentline", "linedefined",
    "lastlinedefined", "nups", "nparams", "isvararg", "istailcall" }
  for name in pairs(debug) do debug[name] = nil end
  debug.traceback = traceback
  debug.debug = no_debugger "debug.debug()"
  debug.getinfo = function(thread, level) -- never the function itself: through it all could be changed
    if type(thread) ~= "thread" then thread, level = nil, thread end
    if not thread and type(level) == "number" then level = level + 1 end
    local full
    if thread then full = getinfo(thread, level, "nSlutr") else full = getinfo(level, "nSlutr") end
    if not full then return nil end
    local result = {}
    for _, key in ipairs(allowed) do result[key] = full[key] end
    return result
  end
end
