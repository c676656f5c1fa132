-- SPDX-License-Identifier: MIT
-- Raises everything.
function fine() return "fine" end
function a_nil() error() end
function a_table() error({}) end
function a_number() error(42) end
function a_userdata() error(fk.null) end
function a_boolean() error(false) end
local function object(f) return setmetatable({}, { __tostring = f }) end
function a_tostring() error(object(function() return "as text" end)) end
function tostring_throws() error(object(function() error("again") end)) end
function tostring_recurses() error(object(function(self) return tostring(self) end)) end
function tostring_no_string() error(object(function() return {} end)) end
function tostring_loops() error(object(function() while true do end end)) end
function of_100_megabytes() error(("m"):rep(100 << 20), 0) end
function with_nul() error("before\0after", 0) end
function deep_with_names()
  local name = "f" .. ("n"):rep(50000)
  local chunk = load(("local %s function %s(n) return 1 + %s(n + 1) end return %s"):format(name, name, name, name), "=" .. ("c"):rep(50))
  return chunk()(1)
end
