// SPDX-License-Identifier: MIT
// The host methods of a FreeKill server, over an Engine.
#pragma once

#include <fk/freekill/methods.hpp>

#include <memory>

namespace fk::room {

class Engine;

std::unique_ptr<freekill::HostMethods> host_methods(Engine &engine); // engine must outlive them

} // namespace fk::room
