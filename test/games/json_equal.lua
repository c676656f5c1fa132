-- SPDX-License-Identifier: MIT
-- fk.json against the json.lua that freekill-core requires, in one VM, on all the tables that real games encode.
--
--   FK_CORE_DIR=DIR lua5.4 json_equal.lua facilities.so [games] [players]
--
-- DIR holds packages/freekill-core; without it the test is skipped (77). Texts and errors must be the same, without
-- the place in the source that Lua puts before an error's text.
local here = arg[0]:match "^(.*)/[^/]*$" or "."
local compare = dofile(here .. "/compare.lua")
local library, dir, play = compare.begin(here)
local new = assert(package.loadlib(library, "fk_open_json"))()
local old = assert(dofile(dir .. "/packages/freekill-core/lua/lib/json.lua"))
local stderr, exit = io.stderr, os.exit -- the game takes them away
local encoded, refused, decoded, damaged, bad = 0, 0, 0, 0, 0

local function differ(what, input, one, two)
  stderr:write(("%s of %s:\n%s\nby json.lua, by fk.json\n%s\n"):format(what, tostring(input), tostring(one), tostring(two)))
  exit(1)
end

-- Runs both; true and the result, or false and the error, where they agree. Only fk.json has a limit of depth.
local function both(name, input)
  local ok_one, one = pcall(old[name], input)
  local ok_two, two = pcall(new[name], input)
  if not ok_two and two:find("nest deeper than", 1, true) then return false, two end
  if not ok_one then one = tostring(one):gsub("^[^\n]-%.lua:%d+: ", "") end
  if ok_one ~= ok_two or not (ok_one and compare.same(one, two) or one == two) then differ(name, input, one, two) end
  return ok_one, one
end


local function check(value)
  local ok, text = both("encode", value)
  if not ok then refused = refused + 1 return end
  encoded = encoded + 1
  if encoded % 4 ~= 0 then return end
  decoded = decoded + 1
  both("decode", text)
  damaged = damaged + 1
  if not both("decode", compare.mutate(text)) then bad = bad + 1 end
end

for _, text in ipairs {
  "", " ", "[1,2,]", '{"a":1,}', "[,]", "[1 2]", '{"a" 1}', "{a:1}", "nul", "null", "[null,1]", "-", "-5", "1.50", "0x10", "1e2",
  "007", "12345678901234567890", "1 1", '"\\u00e9\\ud83d\\ude00"', '"\\ud83d"', '"\\ud800\\u0041"', '"\\udbff\\uffff"', '"\\u12"',
  '"\\x"', '"\\', '"', '"a\nb"', "[\n\n1,\n x]", '{"a":1,"a":2,"b":null}', "[[[]],{}]", "\0", '"\0"', "1\0", "[1,\0]", "truex", "{",
  '{"a"', '{"a":', "[1", "\xff", '"\xff\xfe"', "[1}", '{"a":1]', "inf", "nan", "1..2", "--1", "-0", "1e999", "\t[ 1 , 2 ]\r\n",
} do both("decode", text) end
for _, value in ipairs {
  {}, { 1, 2, nil, 4 }, { [2] = 1 }, { a = 1, [1] = 2 }, { [1.5] = 1 }, { 1, [2.5] = 2 }, { [true] = 1 }, 1e300, 2^53, math.maxinteger,
  math.mininteger, 0.1, -0.0, 1 / 0, -1 / 0, 0 / 0, "\0\1\31\127\\\"/\b\f\n\r\t\xff", print, true, false, { print }, { {}, { a = {} } },
  setmetatable({}, { __pairs = function() return next, { x = 1 } end }), setmetatable({ 1 }, { __len = function() return 2 end }),
  setmetatable({ 1 }, { __index = { 1, 2 } }), ("x"):rep(5000), { (("\n"):rep(3000)) },
} do check(value) end
local loop = {}
loop[1] = loop
check(loop)
check()
if pcall(new.decode, 1) or pcall(new.decode) then differ("decode", 1, "error", "none") end
local deep = {}
for _ = 1, 600 do deep = { deep } end
assert(not pcall(new.encode, deep) and not pcall(new.decode, ("["):rep(600) .. ("]"):rep(600)))

-- The game gets modules that run both; what it sends in CBOR is encoded as JSON too.
local cbor = assert(dofile(dir .. "/packages/freekill-core/lua/server/rpc/cbor.lua"))
local game = setmetatable({}, { __index = cbor })
function game.encode(value, options)
  check(value)
  return cbor.encode(value, options)
end
package.preload["server.rpc.cbor"] = function() return game end
package.preload.json = function()
  return {
    encode = function(value)
      check(value)
      return old.encode(value)
    end,
    decode = function(text)
      both("decode", text)
      return old.decode(text)
    end,
  }
end

local before = encoded
play()
print(("%d values encoded alike, %d refused alike, %d texts decoded alike, %d after a change (%d of them refused alike)")
  :format(encoded, refused, decoded, damaged, bad))
if encoded == before then exit(1) end
