// SPDX-License-Identifier: MIT
// The process backend behind the table of fk_backend.h.
#include "child_table.h"
#include "local_source.h"

extern "C" constexpr fk_backend fk_backend_process = fkvm::ChildTable<fkvm::LocalSource>::named(
    "process", "a child process on pipes: fkvm-host, or $FK_VM_COMMAND");
