/* SPDX-License-Identifier: MIT */
/* The inside of fk.json. */
#pragma once

#include <lua.hpp>

namespace fkvm::json {

constexpr int deepest = 500; // tables in tables; each costs C stack

int decode(lua_State *L);

} // namespace fkvm::json
