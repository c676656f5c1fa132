-- SPDX-License-Identifier: MIT
-- Files and modules as seen from the VM's own working directory, which no other VM and no server shares.
local native, fk = ...

local resolve, load_file, open = native.resolve, native.load_file, native.open_file
local error, type, tostring, getmetatable, select = error, type, tostring, getmetatable, select
local package, io, os = package, io, os
local string_gsub, string_gmatch, string_match, string_find = string.gsub, string.gmatch, string.match, string.find

cd, ls, pwd, exists, isDir = native.cd, native.ls, native.pwd, native.exists, native.is_dir

-- What Lua takes for text: numbers, too.
local function is_text(value) return type(value) == "string" or type(value) == "number" end

function loadfile(path, mode, ...)
  if not is_text(path) then return nil, "loadfile: a path is needed: there is no standard input here" end
  return load_file(path, ...)
end

function dofile(path)
  if not is_text(path) then error("dofile: a path is needed: there is no standard input here", 2) end
  local chunk, message = load_file(path)
  if not chunk then error(message, 0) end
  return chunk()
end

-- Looks for name in a path of templates, as package.searchpath does.
local function search(name, path, separator, replacement)
  separator, replacement = separator or ".", replacement or "/"
  if separator ~= "" then
    name = string_gsub(name, string_gsub(separator, "%p", "%%%0"), (string_gsub(replacement, "%%", "%%%%")))
  end
  local tried = ""
  for template in string_gmatch(path, "[^;]+") do
    local file = string_gsub(template, "%?", (string_gsub(name, "%%", "%%%%")))
    local is_good, why = native.readable(file)
    if is_good then return file end
    tried = tried .. "\n\tno file '" .. file .. "'" .. (why or "")
  end
  return nil, tried
end
package.searchpath = search

package.searchers[2] = function(name)
  local path = package.path
  if type(path) ~= "string" then error("'package.path' must be a string") end
  local file, tried = search(name, path)
  if not file then return tried end
  local chunk, message = load_file(file)
  if chunk then return chunk, file end
  error("error loading module '" .. name .. "' from file '" .. file .. "':\n\t" .. tostring(message), 0)
end

local methods = getmetatable(io.stdout).__index
local lines_of, close = methods.lines, methods.close

io.open = open

-- As Lua's: the file is closed at its end, and by the loop that is left before.
function io.lines(path, ...)
  local file, message = open(path)
  if not file then error(message, 2) end
  local next_line = lines_of(file, ...)
  local function pass(first, ...)
    if first == nil then close(file) end
    return first, ...
  end
  return function() return pass(next_line()) end, nil, nil, file
end

if native.restricted then return end

-- The VM's directory is not the process's: paths for C functions become absolute, and commands go there first.
os.remove, os.rename = native.remove, native.rename

local is_windows = string_find(package.config, "\\", 1, true) == 1
local function there(command)
  if not is_text(command) then return command end
  if is_windows then return 'cd /d "' .. native.pwd() .. '" && ' .. command end
  local folder = string_gsub(native.pwd(), "'", "'\\''")
  return "cd '" .. folder .. "' || exit\n" .. command
end
local popen, execute, loadlib = io.popen, os.execute, package.loadlib
function io.popen(command, ...) return popen(there(command), ...) end
function os.execute(command) return execute(there(command)) end

-- A module would call a Lua that is not this one, or none.
if native.no_c_modules then
  loadlib = function() return nil, native.no_c_modules, "absent" end
end

-- Without a slash it is the name of a library of the system.
function package.loadlib(path, ...)
  if is_text(path) and string_find(path, is_windows and "[/\\]" or "/") then path = resolve(path) end
  return loadlib(path, ...)
end

-- A C module in a file of the whole name, or of its first part: what Lua's own searchers find.
local function search_library(name, file_name)
  local path = package.cpath
  if type(path) ~= "string" then error("'package.cpath' must be a string") end
  local file, tried = search(file_name, path)
  if not file then return tried end
  local opener = "luaopen_" .. string_gsub(string_gsub(name, "%-.*", ""), "%.", "_")
  local loader, message, what = loadlib(resolve(file), opener)
  if loader then return loader, file end
  if what == "init" and name ~= file_name then
    return "no module '" .. name .. "' in file '" .. file .. "'"
  end
  error("error loading module '" .. name .. "' from file '" .. file .. "':\n\t" .. tostring(message), 0)
end
package.searchers[3] = function(name) return search_library(name, name) end
package.searchers[4] = function(name)
  local first = string_match(name, "^([^.]*)%.")
  if first then return search_library(name, first) end
end
