// SPDX-License-Identifier: MIT
// Lua's library io, with the functions that would open a file by the process's directory replaced.
#pragma once

#include <lua.hpp>

namespace fkvm {

void add_io(lua_State *L);

} // namespace fkvm
