-- SPDX-License-Identifier: MIT
-- What can be called: the answer to the method `$/methods`, for shells and other tools.
local native = ...
local answers, globals, next, type, find, sort = native.answers, _G, next, type, string.find, table.sort

local ours = {} -- the globals of Lua and of this library
for name in next, globals do ours[name] = true end

-- The names, sorted: global functions of the script, and what the library answers itself.
answers["$/methods"] = function()
  local names, taken = {}, {}
  local function add(name)
    if type(name) ~= "string" or taken[name] or not find(name, "^[%a_][%w_]*$") then return end
    taken[name] = true
    names[#names + 1] = name
  end
  for name in next, answers do add(name) end
  for name, value in next, globals do
    if type(value) == "function" and not ours[name] then add(name) end
  end
  sort(names)
  return names
end
