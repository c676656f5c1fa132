// SPDX-License-Identifier: MIT
// coroutine.resume, wrap and close that tell the interrupter which coroutine runs; to scripts they
// are those of Lua's own library.
#pragma once

#include <lua.hpp>

namespace fkvm {

void add_coroutines(lua_State *L); // replaces them in the global table coroutine

} // namespace fkvm
