// SPDX-License-Identifier: MIT
// For a child whose program made the lua_State: the module fk_native in a stock lua5.4.
#pragma once

#include <lua.hpp>

namespace fkvm {

// The next embedded VM opened on this thread runs in L and closes it; L must not be used after that, nor may its caller be returned to.
void adopt_state(lua_State *L) noexcept;

} // namespace fkvm
