// SPDX-License-Identifier: MIT
// What a launcher can forbid a program before it starts: for every child, a foreign command too.
// The rest is backends/process/child/sandbox.h, inside fkvm-host.
#pragma once

#include "fk_vm.h"

#include <sys/resource.h>

namespace fkvm {

struct Confinement {
    bool restricted = false;     // levels game and strict
    rlim_t data = RLIM_INFINITY; // bytes: the VM's memory_limit and room for what lies outside Lua
};

Confinement confinement_of(const fk_vm_options &options) noexcept;

// Confines the calling process, which shares the server's memory: async-signal-safe calls only.
void confine(const Confinement &confinement) noexcept;

} // namespace fkvm
