-- SPDX-License-Identifier: MIT
-- Every function that takes a path, one by one; each returns what it saw or "refused: why".
local function outcome(value, why)
  if value == nil then return "refused: " .. tostring(why) end
  return value
end
local function all(file)
  local text = file:read("a")
  file:close()
  return text
end

function open(path, mode)
  local file, why = io.open(path, mode)
  return file and all(file) or outcome(file, why)
end
function write(path, text)
  local file, why = io.open(path, "w")
  if not file then return outcome(file, why) end
  file:write(text)
  return file:close()
end
function lines(path)
  local list = {}
  for line in io.lines(path) do list[#list + 1] = line end
  return table.concat(list, "|")
end
function leave_lines(path)
  local _, _, _, file = io.lines(path)
  for line in function() return file:read("l") end, nil, nil, file do
    if line then break end
  end
  return io.type(file)
end
function read_input(path)
  io.input(path)
  local text = io.read("a")
  io.input():close()
  io.input(io.stdin)
  return text
end
function write_output(path, text)
  local ok, why = pcall(io.output, path)
  if not ok then return outcome(nil, why) end
  io.write(text)
  io.close()
  io.output(io.stdout)
  return true
end
function load_file(path) return assert(loadfile(path))() end
function do_file(path) return dofile(path) end
function need(name) return require(name) end
function need_at(path)
  package.path = path
  return require "module"
end
function there(path) return exists(path) end
function is_folder(path) return isDir(path) end
function list(path) return ls(path) end
function go(path) return outcome(cd(path)) end
function where() return pwd() end
function remove(path) return outcome(os.remove(path)) end
function rename(from, to) return outcome(os.rename(from, to)) end
function temporary(text)
  local name = os.tmpname()
  write(name, text)
  local read = open(name)
  os.remove(name)
  return read
end
function by_shell(command) return outcome((os.execute(command))) end
function shell_says(command) return all(assert(io.popen(command))) end
function to_shell(command, text)
  local pipe = assert(io.popen(command, "w"))
  pipe:write(text)
  return pipe:close()
end
function loaded_library(path)
  local _, _, what = package.loadlib(path, "no_such_function")
  return what
end
function need_library(name, path)
  package.cpath = path
  local _, why = pcall(require, name)
  return why
end
function nul(name, path)
  local f = ({ open = io.open, lines = io.lines, load = loadfile, run = dofile, there = exists, list = ls, go = cd })[name]
  local ok, why = pcall(f, path .. "\0.txt")
  return ok and "taken" or outcome(nil, why)
end
function wrong_mode() return outcome(nil, select(2, pcall(io.open, "20261127", "q"))) end

function hold(count)
  local held = {}
  for i = 1, tonumber(count) do
    local file, why = io.open("data")
    if not file then return { #held, why } end
    held[i] = file
  end
  return { #held }
end
function lose(count)
  for _ = 1, count do assert(io.open("data")) end
  return true
end
function leave_open()
  local file = io.open("data")
  local meta = getmetatable(file)
  meta.__gc, meta.__close = nil, nil
  kept = file
  return io.type(file)
end
