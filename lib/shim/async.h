// SPDX-License-Identifier: MIT
// Calls that nobody waits for, by their tickets.
#pragma once

#include "fk_backend.h"

#include <map>
#include <string>

namespace fkvm {

struct Begun {
    std::string method;
    fk_done_fn done;
    void *user;
};
using BegunCalls = std::map<uint64_t, Begun>;

// With the thread's error.
void tell(const Begun &begun, const fk_value *result) noexcept;

// fk_host.ended.
void ended(fk_vm *vm, uint64_t ticket, fk_status status, const fk_value *result);

// It has ended, or was never begun.
void forget_begun(fk_vm *vm, BegunCalls::const_iterator which) noexcept;

// None of those that are open will be answered. A frame of the VM is there.
void end_begun(fk_vm *vm, fk_status status, const char *why) noexcept;

} // namespace fkvm
