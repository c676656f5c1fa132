-- SPDX-License-Identifier: MIT
-- For the tests that hold a built-in module against the game's own: deep equality, and changes to bytes.
local M = {}
local random = math.random

function M.hex(bytes)
  return (bytes:gsub(".", function(c) return ("%02x"):format(c:byte()) end))
end

-- Annotated values and simple ones belong to their module, but look the same.
local function same(a, b)
  if rawequal(a, b) then return math.type(a) == math.type(b) end
  if a ~= a and b ~= b then return string.pack("d", a) == string.pack("d", b) end
  if type(a) ~= "table" or type(b) ~= "table" then return false end
  local spare = {} -- keys that are tables or not a number: found by their contents
  for k, v in next, a do
    if type(k) == "table" then spare[#spare + 1] = k
    elseif not same(v, rawget(b, k)) then return false end
  end
  for k, v in next, b do
    if type(k) == "table" then
      local found
      for i, other in ipairs(spare) do
        if same(other, k) and same(a[other], v) then found = i end
      end
      if not found then return false end
      table.remove(spare, found)
    elseif rawget(a, k) == nil then return false end
  end
  return #spare == 0 and tostring(getmetatable(a) ~= nil) == tostring(getmetatable(b) ~= nil)
end
M.same = same

function M.mutate(bytes)
  for _ = 1, random(3) do
    local at, kind = random(#bytes), random(4)
    local head, tail = bytes:sub(1, at - 1), bytes:sub(at + 1)
    if kind == 1 then bytes = head .. string.char(random(0, 255)) .. tail
    elseif kind == 2 then bytes = head .. string.char(random(0, 255)) .. bytes:sub(at)
    elseif kind == 3 and #bytes > 1 then bytes = head .. tail
    elseif at > 1 then bytes = head end
  end
  return bytes
end

-- The library to test, the folder of the game, and what plays it in this VM (arg: LIBRARY [GAMES] [PLAYERS]). Ends the
-- program with 77 where there is no game.
function M.begin(here)
  local library, games, seats = arg[1], arg[2] or "3", arg[3] or "8"
  local dir = os.getenv "FK_CORE_DIR"
  if not dir then
    print "skipped: FK_CORE_DIR is not set"
    os.exit(77)
  end
  math.randomseed(1)
  return library, dir, function()
    arg = { [0] = here .. "/../bench/floor.lua", dir, games, seats, 2000 }
    dofile(arg[0])
  end
end

return M
