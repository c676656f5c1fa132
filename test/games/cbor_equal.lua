-- SPDX-License-Identifier: MIT
-- fk.cbor against freekill-core's server.rpc.cbor in one VM, on all that real games encode.
--
--   FK_CORE_DIR=DIR lua5.4 cbor_equal.lua facilities.so [games] [players]
--
-- DIR holds packages/freekill-core; without it the test is skipped (77). Each payload is encoded by both, decoded
-- by both, and decoded by both after some of its bytes were changed. Any difference ends the run.
local here = arg[0]:match "^(.*)/[^/]*$" or "."
local compare = dofile(here .. "/compare.lua")
local library, dir, play = compare.begin(here)
local new = assert(package.loadlib(library, "fk_open_cbor"))()
local old = assert(dofile(dir .. "/packages/freekill-core/lua/server/rpc/cbor.lua"))
local payloads, decodes, mutants, refused = 0, 0, 0, 0
local stderr, exit = io.stderr, os.exit -- the game takes them away

local hex, same, mutate = compare.hex, compare.same, compare.mutate

local function differ(what, bytes, one, two)
  stderr:write(("%s of %s: %s by server.rpc.cbor, %s by fk.cbor\n"):format(what, hex(bytes), tostring(one), tostring(two)))
  exit(1)
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

play()
print(("%d payloads encoded alike, %d decoded alike, %d after a change (%d refused by a limit of fk.cbor)")
  :format(payloads, decodes, mutants, refused))
if payloads == 0 then exit(1) end
