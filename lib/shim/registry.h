// SPDX-License-Identifier: MIT
// Which backends there are: those of the build, and plug-ins by name or path.
#pragma once

#include "fk_backend.h"

#include <string>

namespace fkvm {

// The backend of that name, alias or plug-in path; nullptr: a failure has been recorded
// (FK_NO_BACKEND), which names what there is. Plug-ins are never unloaded.
const fk_backend *find_backend(const std::string &name);

// All of them, for fk_backend_list.
fk_status list_backends(fk_value **list);

} // namespace fkvm
