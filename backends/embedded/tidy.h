// SPDX-License-Identifier: MIT
// What fk_vm_poll does for an embedded VM that has not been called for a while: garbage is
// collected step by step, then empty pages go back to the system.
#pragma once

#include "fk_value.h"

#include <atomic>
#include <cstdint>

namespace fkvm {

class LuaMemory;
class Runtime;

class Tidier {
  public:
    void used(LuaMemory &memory) noexcept; // the VM is about to be called

    // One step, of about half a millisecond; nothing when there is nothing to tidy up.
    fk_status tidy(Runtime &runtime, LuaMemory &memory) noexcept;

    bool wants_more() const noexcept { return wants_more_.load(std::memory_order_relaxed); }

  private:
    fk_status step(Runtime &runtime, LuaMemory &memory) noexcept;

    std::atomic<bool> wants_more_{true}; // others ask
    bool used_ = true;
    bool collecting_ = false, trimming_ = false;
    uint64_t idle_since_ = 0;
};

} // namespace fkvm
