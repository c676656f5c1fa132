-- SPDX-License-Identifier: MIT
-- What scripts may not reach. Both levels: the process's own streams and its end. The level `game` (native.restricted):
-- also processes, writing files, C modules, bytecode, and the parts of debug that open every door.
local native, fk = ...

local error, type, tostring, select, setmetatable, ipairs = error, type, tostring, select, setmetatable, ipairs
local output, concat, find = native.output, table.concat, string.find
local PRINT, WARNING = native.PRINT, native.WARNING

local function refuse(name, why)
  return function() error(name .. " is not allowed here: " .. why, 2) end
end

-- Output never touches the process's own streams: it goes to the server, in order with all messages.
function print(...)
  local texts = {}
  for i = 1, select("#", ...) do texts[i] = tostring((select(i, ...))) end
  output(PRINT, concat(texts, "\t") .. "\n")
end

local function writer(level)
  local stream
  local methods = {
    write = function(_, ...)
      for i = 1, select("#", ...) do
        local piece = select(i, ...)
        if type(piece) ~= "string" and type(piece) ~= "number" then
          error("bad argument #" .. i .. " to 'write' (string expected, got " .. type(piece) .. ")", 2)
        end
        output(level, tostring(piece))
      end
      return stream
    end,
    flush = function() return stream end,
    close = function() return nil, "the VM's streams stay open" end,
    setvbuf = function() return true end,
    seek = function() return nil, "Illegal seek", 29 end,
    read = function() return nil end,
    lines = function() return function() return nil end end,
  }
  stream = setmetatable({}, {
    __index = methods,
    __name = "FILE*",
    __tostring = function() return "file (output of the VM)" end,
    __metatable = false,
  })
  return stream
end

local stdout, stderr = writer(PRINT), writer(WARNING)
local stdin = setmetatable({}, {
  __index = {
    read = function() return nil end, -- always at end of file
    lines = function() return function() return nil end end,
    close = function() return nil, "the VM's streams stay open" end,
    write = function() return nil, "Bad file descriptor", 9 end,
    seek = function() return nil, "Illegal seek", 29 end,
    setvbuf = function() return true end,
    flush = function(self) return self end,
  },
  __name = "FILE*",
  __tostring = function() return "file (at its end)" end,
  __metatable = false,
})

local io, os, debug, package = io, os, debug, package
local io_type, io_close, io_open, io_lines = io.type, io.close, io.open, io.lines
local streams = { [stdin] = true, [stdout] = true, [stderr] = true }
local input, out = stdin, stdout
io.stdin, io.stdout, io.stderr = stdin, stdout, stderr
io.write = function(...) return out:write(...) end
io.read = function(...) return input:read(...) end
io.lines = function(path, ...)
  if path == nil then return input:lines(...) end
  return io_lines(path, ...)
end
io.type = function(...)
  local value = ...
  return value ~= nil and streams[value] and "file" or io_type(...)
end
io.close = function(file)
  if file == nil then file = out end
  if streams[file] then return nil, "the VM's streams stay open" end
  return io_close(file)
end

-- A file of the script's, or one of that name, in the place of a stream.
local function opened(name, file, mode)
  if streams[file] or io_type(file) == "file" then return file end
  local new, message = io_open(file, mode)
  return new or error(name .. ": " .. message, 3)
end
io.input = function(file)
  if file ~= nil then input = opened("io.input", file, "r") end
  return input
end
io.output = function(file)
  if file == nil then return out end
  if native.restricted then error("io.output: the VM's output cannot be replaced", 2) end
  out = opened("io.output", file, "w")
  return out
end

os.exit = refuse("os.exit", "it would end the server; return from the call instead")
os.setlocale = refuse("os.setlocale", "it would change the server")

-- debug.debug() would wait for a person at the protocol's standard input.
local function no_debugger(name)
  local warned = false
  return function()
    if not warned then output(WARNING, name .. " is disabled: a VM has no standard input to ask at\n") end
    warned = true
  end
end
debug.debug = no_debugger "debug.debug()"
native.no_debugger = no_debugger

local text_only_load = load
if native.restricted then
  load = function(chunk, name, mode, ...)
    if mode ~= nil and not find(tostring(mode), "t", 1, true) then
      return nil, "bytecode is not allowed in this sandbox (mode '" .. tostring(mode) .. "')"
    end
    if select("#", ...) > 0 then return text_only_load(chunk, name, "t", (...)) end
    return text_only_load(chunk, name, "t")
  end
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
