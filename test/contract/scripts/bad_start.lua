-- SPDX-License-Identifier: MIT
-- Fails while it is loaded, with something left to finalize.
print("about to fail")
deck = setmetatable({}, { __gc = function() print("put away") end })
local function start() error("the deck is empty") end
start()
