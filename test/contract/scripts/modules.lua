-- SPDX-License-Identifier: MIT
-- A script of a game that is nobody's guest, which looks at what it has and what it can require.
local order = {}
fk.on_open(function() order[#order + 1] = "first" end)
fk.on_open(function() order[#order + 1] = "second" end)
function InitScheduler() order[#order + 1] = "InitScheduler" end

function opened() return order end

-- The names that a script has before it requires anything.
function guests()
  local found = {}
  for name in pairs(fk) do
    if name:find "^q%u" or name:find "Qml" or name:find "Player" or name:find "Room" or name:find "^Q" then
      found[#found + 1] = name
    end
  end
  if rawget(_G, "QRandomGenerator") or os.getms or rawget(_G, "dbg") then found[#found + 1] = "a global" end
  return found
end

function kinds(...)
  local list = {}
  for i, name in ipairs { ... } do
    local module = require(name)
    list[i] = rawequal(module, require(name)) and type(module)
  end
  return list
end

-- With nothing left of where files are looked for.
function kinds_without_paths(...)
  package.path, package.cpath = "", ""
  return kinds(...)
end

function is_fk(name) return rawequal(require(name), fk) and type(fk.RoomThread) == "function" end

function late(value)
  local good, message = pcall(fk.on_open, value)
  return good, message
end
