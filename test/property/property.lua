-- SPDX-License-Identifier: MIT
-- The script's side of the property test: sends values back, sends them on, says what it sees, and
-- makes values that cannot cross.

function echo(list) return list end
function relay(list) return fk.call("keep", list) end
function relay_positional(...) return fk.call("keep", ...) end
function echo_positional(...) -- nil among the results keeps its place as fk.null
  local list = table.pack(...)
  for i = 1, list.n do if list[i] == nil then list[i] = fk.null end end
  list.n = nil
  return list
end

local mark = getmetatable(fk.object {})
local describe

local function describe_string(s)
  local hash = 7
  for i = 1, #s do hash = (hash * 31 + s:byte(i)) & 0xffffffff end
  return ("s%d:%x"):format(#s, hash)
end

local function describe_table(t)
  local words = {}
  if type(next(t)) ~= "string" and getmetatable(t) ~= mark then
    for i = 1, #t do words[i] = describe(t[i]) .. "," end
    return "[" .. table.concat(words) .. "]"
  end
  local names = {}
  for name in pairs(t) do names[#names + 1] = name end
  table.sort(names)
  for i, name in ipairs(names) do words[i] = describe_string(name) .. "=" .. describe(t[name]) .. ";" end
  return "{" .. table.concat(words) .. "}"
end

function describe(v)
  if v == fk.null then return "null" end
  local kind = math.type(v) or type(v)
  if kind == "integer" then return ("i%d"):format(v) end
  if kind == "float" then
    if v ~= v then return "nan" end
    if v == math.huge then return "inf" end
    if v == -math.huge then return "-inf" end
    return ("%.16e"):format(v)
  end
  if kind == "string" then return describe_string(v) end
  if kind == "table" then return describe_table(v) end
  return tostring(v)
end

function describe_all(list)
  local texts = {}
  for i = 1, #list do texts[i] = describe(list[i]) end
  return texts
end

function describe_positional(...) -- here nil is nil
  local texts = table.pack(...)
  for i = 1, texts.n do texts[i] = texts[i] == nil and "nil" or describe(texts[i]) end
  texts.n = nil
  return texts
end

-- Things that cannot cross, by kind.
local bad = {
  func = function() return print end,
  coroutine = function() return coroutine.create(print) end,
  userdata = function() return assert(io.open("property.lua")) end,
  mixed = function() return { 1, 2, name = 3 } end,
  hole = function() return { 1, nil, 3 } end,
  far = function() return { [1] = 1, [1 << 40] = 1 } end,
  zero = function() return { [0] = 1 } end,
  zero_and_two = function() return { [0] = 1, [2] = 1 } end,
  negative = function() return { [-1] = 1 } end,
  min_and_three = function() return { [math.mininteger] = 1, [0] = 1, [3] = 1 } end,
  boolean_key = function() return { [true] = 1 } end,
  float_key = function() return { [0.5] = 1 } end,
  table_key = function() return { [{}] = 1 } end,
  bytes_key = function() return { ["\xff"] = 1 } end,
  nul_key = function() return { ["a\0"] = 1 } end,
  cycle = function() local t = {} t[1] = { t } return t end,
  deep = function() local t = {} for _ = 1, 128 do t = { t } end return t end,
}

-- Puts a bad thing where the text "the bad place" stands.
local function spoil(v, kind)
  if v == "the bad place" then return bad[kind]() end
  if type(v) ~= "table" then return v end
  for key, item in pairs(v) do v[key] = spoil(item, kind) end
  return v
end

function result_with(v, kind) return spoil(v, kind) end
function call_with(v, kind) return fk.call("keep", 0, spoil(v, kind)) end
function notify_with(v, kind) fk.notify("keep", 0, spoil(v, kind)) end

-- A result that nests exactly so deep.
function nested(depth)
  local v = 1
  for i = 1, depth do if i % 2 == 0 then v = { v } else v = { x = v } end end
  return v
end
