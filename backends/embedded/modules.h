// SPDX-License-Identifier: MIT
// The C modules that this build offers to scripts.
#pragma once

#include <lua.hpp>

namespace fkvm {

// Pushes the opener of a module (fk.cbor, ...); false: there is none of that name.
bool push_module_opener(lua_State *L, const char *module);

extern const char *const module_names[]; // ends with nullptr

} // namespace fkvm
