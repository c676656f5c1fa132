// SPDX-License-Identifier: MIT
// What the parent asks of a child VM: environment variables that the process backend sets for every
// child (docs/environment.md), so that any program may honour them.
#pragma once

#include "fk_vm.h"

#include <string>
#include <vector>

namespace fkvm {

struct ChildSettings {
    fk_vm_options options{}; // all of them, as a backend gets them
    uint32_t level;          // of the sandbox
    std::vector<const char *> preload;
    std::string preload_text, directory;
    bool each; // the parent takes notifications that stand for several

    explicit ChildSettings(const char *script);
    ChildSettings(const ChildSettings &) = delete;
    ChildSettings &operator=(const ChildSettings &) = delete;
};

} // namespace fkvm
