// SPDX-License-Identifier: MIT
// Lua notes in a metatable which of six metamethods it lacks, when it first looks for them. In a
// copy of a template that is a page of its own; so all are looked for before there are copies.
#pragma once

#include <lua.hpp>

namespace fkvm {

// Pushes a value: if it lives through the next whole cycle of the collector, that looks for the last
// metamethod, __mode.
void look_for_metamethods(lua_State *L);

} // namespace fkvm
