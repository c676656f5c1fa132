-- SPDX-License-Identifier: MIT
-- The script of fuzz_options.cpp.

function echo(...) return ... end
function fail() error({}) end
function host() return fk.call("echo", 1) end
function grow() local t = {} for i = 1, 20000 do t[i] = "item " .. i end return #t end
function deep() return fk.call("*") end
function print_much() for i = 1, 100 do print(("x"):rep(100)) end end
