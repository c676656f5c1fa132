-- SPDX-License-Identifier: MIT
-- test_cardgame.lua, started by in_vm.
os.exit = function(passed) assert(passed == true, "see the lines above that begin with FAILED") end
arg = { pwd() .. "/../.." }
dofile "test_cardgame.lua"
