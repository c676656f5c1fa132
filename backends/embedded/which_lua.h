// SPDX-License-Identifier: MIT
// Which Lua this process has. A program that exports another one (a static Lua 5.1 with -Wl,-E,
// LuaJIT) takes the place of some of our Lua's functions, and the first call would be a crash.
#pragma once

#include <string>

namespace fkvm {

// Empty: all functions are of one library. Else what is wrong, and what to do.
std::string mixed_lua();

// A library that was loaded with RTLD_LOCAL hides its Lua from the C modules of scripts; this shows
// it to them.
void show_lua_to_modules() noexcept;

// Empty: a C module finds our Lua. Else what it would find, and what to do. After the one above.
std::string lua_hidden_from_modules();

} // namespace fkvm
