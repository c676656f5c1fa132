-- SPDX-License-Identifier: MIT
-- Beside the files of Lua's own test suite: runs one of them, with what its all.lua sets for users.
_port, _soft, _nomsg = true, true, true

function run(name) assert(loadfile(name))() end
