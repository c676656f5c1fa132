-- SPDX-License-Identifier: MIT
-- What the tests of the command line call.
function pack(...) return {...} end
function hello_world() print("hello") return "world" end
function boom() error("on purpose") end
function spin()
  print("spinning")
  pcall(fk.call, "flush") -- so that it is seen before the end
  while true do end
end
function ask(...) return fk.call(...) end
local hidden = function() end
not_a_function = {hidden}

function alarm(text) fk.critical(text) end

function look(...)
  local values = {...}
  for index, name in ipairs(values) do values[index] = _G[name] end
  return values
end
