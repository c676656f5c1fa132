-- SPDX-License-Identifier: MIT
-- Fails while it is loaded.
print("about to fail")
local function start() error("the deck is empty") end
start()
