// SPDX-License-Identifier: MIT
// What the parts of one VM know of it; settled before the child starts.
#pragma once

#include "fk_backend.h"

#include <string>

namespace fkvm {

struct Known {
    fk_vm *vm;
    const fk_host *host;
    const fk_vm_options *options;
    std::string name;     // of the child's program, for messages
    bool is_host = false; // fkvm-host, of this library's own build

    fk_status fail(fk_status status, const char *message, bool vm_dead) const {
        const fk_failure failure{sizeof failure, message, nullptr, 0, 0, vm_dead, FK_DEATH_NONE};
        return host->fail(vm, status, &failure);
    }
    void output(fk_level level, const char *text, size_t size) const {
        host->output(vm, level, text, size);
    }
};

} // namespace fkvm
