// SPDX-License-Identifier: MIT
// A lua_State with its own memory: counted, and limited.
#pragma once

#include "slab.h"

#include <atomic>
#include <cstdint>
#include <lua.hpp>

namespace fk {

class LuaMemory {
  public:
    explicit LuaMemory(uint64_t limit) noexcept : limit_(limit) {}

    lua_State *open() noexcept; // nullptr: out of memory
    // L is about to be closed, and this to go: small blocks need not be released one by one.
    void begin_end(lua_State *L) noexcept;
    void adopt(lua_State *L) noexcept; // a state of another owner, whose blocks come from malloc
    void leave_alone() noexcept { slab_.leave_alone(); } // before the process is copied
    uint64_t used() const noexcept { return used_.load(std::memory_order_relaxed); }
    uint64_t peak() const noexcept { return peak_.load(std::memory_order_relaxed); }

  private:
    struct FromSlab;
    struct FromEndingSlab;
    struct FromMalloc;
    template <class Blocks> static void *allocate(void *self, void *block, size_t old_size, size_t size) noexcept;

    uint64_t limit_;
    std::atomic<uint64_t> used_{0}, peak_{0};
    Slab slab_;
};

} // namespace fk
