-- SPDX-License-Identifier: MIT
-- Files and modules as seen from the VM's own working directory, which no other VM and no server shares.
local native, fk = ...

local resolve, load_file = native.resolve, native.load_file
local error, type, tostring, select = error, type, tostring, select
local package, string_gsub, string_gmatch = package, string.gsub, string.gmatch

cd, ls, pwd, exists, isDir = native.cd, native.ls, native.pwd, native.exists, native.is_dir

function loadfile(path, mode, ...)
  if type(path) ~= "string" then return nil, "loadfile: a path is needed: there is no standard input here" end
  return load_file(path, ...)
end

function dofile(path)
  if type(path) ~= "string" then error("dofile: a path is needed: there is no standard input here", 2) end
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
    if native.readable(file) then return file end
    tried = tried .. "\n\tno file '" .. file .. "'"
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

local io_open, io_lines = io.open, io.lines
function io.open(path, mode)
  if type(path) ~= "string" then return io_open(path, mode) end
  if native.restricted and mode and not (mode == "r" or mode == "rb") then
    return nil, path .. ": writing files is not allowed in this sandbox (mode '" .. tostring(mode) .. "')", 13
  end
  local file, message, code = io_open(resolve(path), mode)
  if file then return file end
  return nil, (string_gsub(message, "^.*: ", (string_gsub(path, "%%", "%%%%")) .. ": ")), code
end
function io.lines(path, ...)
  if path == nil then return function() return nil end end
  return io_lines(resolve(path), ...)
end
