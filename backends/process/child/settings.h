// SPDX-License-Identifier: MIT
// What the parent asks of a child VM: environment variables that the process backend sets for every child
// (docs/environment.md), so that any program may honour them.
#pragma once

#include "fk_vm.h"

#include <string>
#include <vector>

namespace fkvm {

struct ChildSettings {
    fk_vm_options options = FK_VM_OPTIONS_INIT;
    std::vector<const char *> preload;
    std::string preload_text;
    bool each; // the parent takes notifications that stand for several

    ChildSettings();
    ChildSettings(const ChildSettings &) = delete;
    ChildSettings &operator=(const ChildSettings &) = delete;
};

} // namespace fkvm
