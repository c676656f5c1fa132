// SPDX-License-Identifier: MIT
// The host methods of a FreeKill server, over an Engine.
#pragma once

#include "engine.h"

namespace fk::room {

// Before vm opens; engine must outlive it.
void bind_host_methods(Vm &vm, Engine &engine);

} // namespace fk::room
