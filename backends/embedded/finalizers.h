// SPDX-License-Identifier: MIT
// Finalizers of scripts, so that they can be ended. Lua runs a __gc function without hooks, but not what a coroutine
// runs inside of one.
#pragma once

#include <lua.hpp>

namespace fkvm {

// Replaces setmetatable by one that runs the __gc function of a metatable in a coroutine.
void add_finalizers(lua_State *L);

} // namespace fkvm
