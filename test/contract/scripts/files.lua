-- SPDX-License-Identifier: MIT
-- The VM's own working directory and its files.
require "fk.freekill"

function go(path) cd(path) return true end
function where() return pwd() end
function list(path) return ls(path) end
function there(path) return exists(path) end
function is_folder(path) return isDir(path) end
function by_qml_names(path)
  return { fk.QmlBackend_pwd() == pwd(), fk.QmlBackend_exists(path), fk.QmlBackend_isDir(path),
    #fk.QmlBackend_ls(path) }
end
function go_by_qml_name(path) fk.QmlBackend_cd(path) return true end
function run(path) return dofile(path) end
function load_file(path) return assert(loadfile(path))() end
function need(name) return require(name) end
function set_path(path) package.path = path end
function read(path)
  local file = assert(io.open(path, "r"))
  local text = file:read("a")
  file:close()
  return text
end
function read_lines(path) local lines = {} for line in io.lines(path) do lines[#lines + 1] = line end return lines end
function missing(path) local file, why = io.open(path) return file == nil and why or "opened" end
function in_environment(path)
  local environment = { name = "of the environment" }
  return { assert(loadfile(path, "t", environment))(), assigned ~= nil }
end
