// SPDX-License-Identifier: MIT
// What the process backend tells fkvm-host on its command line: --name=value ..., then the script.
#pragma once

#include "fk_vm.h"

#include <vector>

namespace fk {

struct HostArguments {
    fk_vm_options options = FK_VM_OPTIONS_INIT;
    std::vector<const char *> preload;

    bool parse(int argc, char **argv); // false: it has said on stderr what is wrong
};

} // namespace fk
