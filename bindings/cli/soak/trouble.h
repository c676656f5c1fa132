// SPDX-License-Identifier: MIT
// Calls that come to a bad end, each in its own way, on VMs of their own.
#pragma once

#include "vm.h"

#include <cstdint>
#include <string>
#include <vector>

namespace cli {

struct Trouble {
    const char *name; // of what goes wrong, in the plural
    const char *method;
    fk_status status; // which the call must come to
    bool child_only = false;
};
const std::vector<Trouble> &troubles();

// Provokes it on that backend. Empty: it came to its end, and the VM, if it lives, answered then;
// else what happened instead.
std::string provoke(const Trouble &trouble, const std::string &backend);

} // namespace cli
