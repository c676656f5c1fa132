// SPDX-License-Identifier: MIT
// The embedded backend as another host than libfkvm sees it: the child's end of the process
// backend.
#pragma once

#include "base/reach.h"
#include "fk_backend.h"

struct lua_State;

extern "C" const fk_backend fk_backend_embedded;

namespace fkvm {

// The next VM that this thread opens uses the state L, which its owner neither uses nor closes any
// more.
void adopt_state(lua_State *L) noexcept;

// What the VM's scripts may read. Whoever confines them more lets this through. Throws.
Reach reach_of(const fk_vm_options &options);

} // namespace fkvm
