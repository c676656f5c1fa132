// SPDX-License-Identifier: MIT
// What the system says that this process holds.
#pragma once

#include <cstdint>

namespace cli {

struct Holdings {
    uint64_t resident = 0; // bytes
    uint64_t descriptors = 0, threads = 0;
    uint64_t children = 0, zombies = 0; // zombies are children, too
};
Holdings holdings();

} // namespace cli
