-- SPDX-License-Identifier: MIT
-- Speaks while it loads, and while it closes.
fk.notify("loading")
function loaded() return 3 end
function same(value) return value end
last = setmetatable({}, { __gc = function() print("closing") end })
