// SPDX-License-Identifier: MIT
// fk::room::MemoryBudget - how much memory the VMs of a server may hold, all together.
#pragma once

#include <fk_vm.h>

#include <cstdint>
#include <memory>
#include <string>

namespace fk::room {

class MemoryBudget;

// For ThreadOptions::budget of all threads that share it. What a VM with rooms holds is measured
// now and then: of a child the pages of its own, and its part of those that children share; of an
// embedded VM what its Lua holds. Every VM counts at least as much as they hold on average, and as
// expected before eight have been measured.
FK_API std::shared_ptr<MemoryBudget> share_memory(uint64_t bytes, uint64_t expected = 16 << 20);

struct BudgetInfo {
    uint64_t bytes;  // may be held
    uint64_t held;   // is, as far as has been measured or is expected
    uint64_t of_one; // that a new VM is expected to hold
    int vms;
};
FK_API BudgetInfo info_of(const MemoryBudget &budget);

} // namespace fk::room
