// SPDX-License-Identifier: MIT
// A call's time limit: one thread of the library looks at all VMs that have one, and tells the
// backend of a VM whose limit has passed. Calls do not wake it: it looks an eighth of the shortest
// limit apart.
#pragma once

#include "fk_backend.h"

namespace fkvm {

// From when on the VM is looked at. False: no thread or no memory for it.
bool watch(fk_vm *vm) noexcept;
// After this returns nobody else looks at it.
void unwatch(fk_vm *vm) noexcept;

// A limit begins that is shorter than those it was watched for.
void look_again() noexcept;

} // namespace fkvm
