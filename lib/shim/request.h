// SPDX-License-Identifier: MIT
// One call of a host method while its callback runs.
#pragma once

#include "fk_vm.h"

#include <memory>
#include <string>

namespace fkvm {
class LaterAnswer;
}

struct fk_request {
    fk_vm *vm;
    const char *method;
    bool notification, answered = false;
    fk_value result{}; // in the VM's arena of answers
    int32_t code = 0;  // not 0: failed
    std::string message;
    std::shared_ptr<fkvm::LaterAnswer> later{}; // who gives the answer has the other reference
};
