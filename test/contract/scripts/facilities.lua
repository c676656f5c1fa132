-- SPDX-License-Identifier: MIT
-- What Lua gets from C besides host methods.
require "fk.freekill"

local generator
function seed(s) generator = fk.QRandomGenerator(s) return true end
function generate() return generator:generate() end
function bounded(low, high) return generator:bounded(low, high) end
function random(...) return generator:random(...) end
function same_stream(s)
  local a, b = fk.QRandomGenerator(s), fk.QRandomGenerator(s)
  for _ = 1, 1000 do if a:generate() ~= b:generate() then return false end end
  return true
end
function ranges(s, n)
  local g = fk.QRandomGenerator(s)
  for _ = 1, n do
    local r = g:random()
    if not (math.type(r) == "float" and r >= 0 and r <= 1) then return "double " .. r end
    r = g:random(6)
    if not (math.type(r) == "integer" and r >= 1 and r <= 6) then return "one " .. r end
    r = g:random(-3, 3)
    if not (math.type(r) == "integer" and r >= -3 and r <= 3) then return "two " .. r end
  end
  return "good"
end

function now() return { os.getms(), fk.GetMicroSecond() } end
function disabled_packs() return fk.GetDisabledPacks() end
function variable(name) return os.getenv(name) end
function has_path() return (os.getenv "PATH" or "") ~= "" end
function has(name) return fk[name] ~= nil end
function object_is_marked() return fk.object {} end
function null_prints() return tostring(fk.null) end
function null_is_one() return fk.null == fk.null and fk.null ~= nil and fk.null ~= false end
function encode_with(module, value) return require(module).encode(value) end
function decode_with(module, text) return require(module).decode(text) end
function folder(path) return fk.QmlBackend_ls(path) end
function plain_folder(path) return ls(path) end
function here() return fk.QmlBackend_pwd() end
