-- SPDX-License-Identifier: MIT
-- What an operator sees, and ends.

function ask(method, ...) return fk.call(method, ...) end
function told() fk.notify("mark", 1) end
function spin_after(method)
  fk.call(method)
  while true do pcall(function() while true do end end) end
end
function spin() while true do end end
kept = setmetatable({}, { __gc = function() print("finalized") end })
