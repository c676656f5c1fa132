-- SPDX-License-Identifier: MIT
-- fk.cbor against freekill-core's server.rpc.cbor in one VM, on all that real games encode.
--
--   FK_CORE_DIR=DIR lua5.4 cbor_equal.lua facilities.so [games] [players]
--
-- DIR holds packages/freekill-core; without it the test is skipped (77). Each payload is encoded by both, decoded
-- by both, and decoded by both after some of its bytes were changed. Any difference ends the run.
local library, games, seats = arg[1], arg[2] or "3", arg[3] or "8"
local dir = os.getenv "FK_CORE_DIR"
if not dir then
  print "skipped: FK_CORE_DIR is not set"
  os.exit(77)
end

local new = assert(package.loadlib(library, "fk_open_cbor"))()
local old = assert(dofile(dir .. "/packages/freekill-core/lua/server/rpc/cbor.lua"))
local payloads, decodes, mutants, refused = 0, 0, 0, 0
local random = math.random
local stderr, exit = io.stderr, os.exit -- the game takes them away
math.randomseed(1)

local function hex(bytes)
  return (bytes:gsub(".", function(c) return ("%02x"):format(c:byte()) end))
end
local function differ(what, bytes, one, two)
  stderr:write(("%s of %s: %s by server.rpc.cbor, %s by fk.cbor\n"):format(what, hex(bytes), tostring(one), tostring(two)))
  exit(1)
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

-- Only fk.cbor has these limits.
local function is_limit(message)
  return message:find("deeper than", 1, true) or message:find("more than 63 bits", 1, true)
end

local function compare_decoders(bytes, what)
  local ok_old, one = pcall(old.decode, bytes)
  local ok_new, two = pcall(new.decode, bytes)
  if ok_old and ok_new then
    if not same(one, two) then differ(what, bytes, one, two) end
  elseif not ok_new and is_limit(two) then
    refused = refused + 1
  elseif ok_old ~= ok_new then
    differ(what, bytes, one, two)
  end
end

local function mutate(bytes)
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

local function check_payload(bytes)
  payloads = payloads + 1
  if payloads % 4 == 0 then
    decodes = decodes + 1
    compare_decoders(bytes, "the value")
    mutants = mutants + 1
    compare_decoders(mutate(bytes), "the value after a change")
  end
end

-- The game gets a module whose encode runs both. Hooks encode again: each module then calls itself.
local game = setmetatable({}, { __index = old })
local inside
function game.encode(value, options)
  if inside then return inside(value, options) end
  inside = old.encode
  local ok_one, one = pcall(old.encode, value, options)
  inside = new.encode
  local ok_two, two = pcall(new.encode, value, options)
  inside = nil
  if ok_one ~= ok_two or (ok_one and one ~= two) then differ("the bytes", tostring(one), ok_one, two) end
  if not ok_one then error(one, 2) end
  check_payload(one)
  return one
end
local function both(name)
  return function(...) return (inside == new.encode and new or old)[name](...) end
end
game.tagged, game.simple = both "tagged", both "simple"
-- What the game makes of tags is kept from the comparison: both modules give annotated values there.
game.tagged_decoders = {}
local tags = setmetatable({}, { __index = game.tagged_decoders })
function game.decode(bytes)
  compare_decoders(bytes, "the value")
  return old.decode(bytes, tags)
end
package.preload["server.rpc.cbor"] = function() return game end

local here = arg[0]:match "^(.*)/[^/]*$" or "."
arg = { [0] = here .. "/../bench/floor.lua", dir, games, seats, 2000 }
dofile(arg[0])
print(("%d payloads encoded alike, %d decoded alike, %d after a change (%d refused by a limit of fk.cbor)")
  :format(payloads, decodes, mutants, refused))
if payloads == 0 then exit(1) end
