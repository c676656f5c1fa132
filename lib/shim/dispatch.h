// SPDX-License-Identifier: MIT
// Calls of host methods, for fk_host.
#pragma once

#include "fk_backend.h"

namespace fkvm {

fk_status dispatch(fk_vm *vm, const char *method, size_t size, const fk_value *params,
                   bool notification, fk_answer *answer);
fk_status dispatch_each(fk_vm *vm, const char *method, size_t size, const fk_value *each,
                        const fk_value *rest);
void output(fk_vm *vm, fk_level level, const char *text, size_t size);

} // namespace fkvm
