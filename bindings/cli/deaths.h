// SPDX-License-Identifier: MIT
// What to do about a dead VM, by the cause of its death.
#pragma once

#include "fk_vm.h"

#include <string>

namespace cli {

struct Death {
    fk_death cause;
    const char *meaning, *advice;
};

// Every cause, in the order of fk_death; the list ends with FK_DEATH_NONE.
extern const Death deaths[];

// The one called name (fk_death_name), or nullptr.
const Death *find_death(const std::string &name);

} // namespace cli
