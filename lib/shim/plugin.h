// SPDX-License-Identifier: MIT
// Backends from outside: shared objects that export fk_backend_entry().
#pragma once

#include "fk_backend.h"

#include <string>
#include <vector>

namespace fkvm {

struct Plugin {
    std::string name, path;
};

// libfkvm-NAME.so in $FK_VM_BACKEND_PATH and in the folder fkvm beside this library, first one
// wins.
std::vector<Plugin> find_plugins();

// Loads and checks one; nullptr: FK_NO_BACKEND has been recorded with the reason.
const fk_backend *load_plugin(const std::string &path);

} // namespace fkvm
