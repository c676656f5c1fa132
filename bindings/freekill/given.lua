-- SPDX-License-Identifier: MIT
-- What a server gave for a room, a player or a task, checked by shapes.lua: an object, or its CBOR as bytes.
local _, fk = ...

local shapes, cbor = require "fk.freekill.shapes", require "fk.cbor"
local type, pcall, error, ipairs, pairs = type, pcall, error, ipairs, pairs
local match, math_type, tostring, unpack = string.match, math.type, tostring, table.unpack

local words = { int = "an integer", number = "a number", bool = "a boolean", text = "a string" }

local function described(value)
  local kind = type(value)
  if kind == "string" then return "a string of " .. #value .. " bytes" end
  if kind == "number" or kind == "boolean" then return tostring(value) end
  return kind == "nil" and "nothing" or "a " .. kind
end

local function is_null(value) return value == nil or value == fk.null or value == cbor.null or value == cbor.undefined end

local function wrong(place, wanted, value)
  error(place .. " must be " .. wanted .. ", got " .. described(value), 0)
end

local function decoded(kind, bytes, place)
  local ok, value = pcall(cbor.decode, bytes)
  if ok and type(value) == "table" then return value end
  wrong(place, "a " .. kind .. " as an object or as CBOR", bytes)
end

local object

local function scalar(kind, value, place)
  local fits
  if kind == "int" then
    fits = math_type(value) == "integer"
  elseif kind == "text" then
    fits = type(value) == "string"
  else
    fits = type(value) == (kind == "bool" and "boolean" or kind)
  end
  if not fits then wrong(place, words[kind], value) end
  return value
end

local function list(kind, value, place)
  if type(value) ~= "table" then wrong(place, "a list", value) end
  local copy = {}
  for i = 1, #value do
    local at = place .. "[" .. i .. "]"
    copy[i] = shapes[kind] and object(kind, value[i], at) or scalar(kind, value[i], at)
  end
  return copy
end

-- One field, whose value is not null.
local function checked(field, value, place)
  local items = match(field.type, "^(%a+) list")
  if items then return list(items, value, place) end
  return scalar(match(field.type, "^%a+"), value, place)
end

function object(kind, value, place)
  if type(value) == "string" then value = decoded(kind, value, place) end
  if type(value) ~= "table" then wrong(place, "a " .. kind, value) end
  local copy = {}
  for _, field in ipairs(shapes[kind]) do
    local given, at = value[field.name], place .. "." .. field.name
    if not is_null(given) then
      copy[field.name] = checked(field, given, at)
    elseif match(field.type, "?$") then
      copy[field.name] = field.missing and { unpack(field.missing) }
    else
      wrong(at, words[field.type] or "a list", nil)
    end
  end
  return copy
end

local given = {}

-- given.object(kind, value, place): a copy of what is there, with all fields that the kind has; nil for null. An
-- error names the field, beginning with place.
function given.object(kind, value, place)
  if is_null(value) then return nil end
  return object(kind, value, place)
end

-- given.changes(kind, value, place): the same for some of its fields, those that a server may change.
function given.changes(kind, value, place)
  if type(value) ~= "table" then wrong(place, "an object of what changes", value) end
  local copy, known = {}, {}
  for _, field in ipairs(shapes[kind]) do known[field.name] = field.live and field end
  for name, changed in pairs(value) do
    local field = known[name]
    if not field or field.type == "player list?" then
      error(place .. "." .. tostring(name) .. " cannot be changed by " .. place, 0)
    end
    if not is_null(changed) then copy[name] = checked(field, changed, place .. "." .. name) end
  end
  return copy
end

return given
