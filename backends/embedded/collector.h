// SPDX-License-Identifier: MIT
// How the garbage of a VM is collected. What its script made while it loaded is old from then on:
// the collector is generational and neither reads nor writes that again, so that copies of a
// template go on sharing its pages. A VM with much of its own collects in steps from then on, which
// keeps pauses short. A script that chooses a mode itself keeps it.
#pragma once

#include <cstdint>
#include <lua.hpp>

namespace fkvm {

class Collector {
  public:
    explicit Collector(uint64_t memory_limit, bool knows_finalizers) noexcept
        : memory_limit_(memory_limit), has_finalizers_(!knows_finalizers) {}

    void install(lua_State *L); // a collectgarbage() that tells of choices. May raise an error
    // The script has been loaded; copies of the process are to share it. May call finalizers.
    void seal(lua_State *L, bool for_copies) noexcept;
    void look(lua_State *L) noexcept; // before a call
    // Of an idle VM: a moment's work, which may call finalizers; true: all is done.
    bool step(lua_State *L) noexcept;

    // An object has been marked for finalization by a script.
    void add_finalizer() noexcept { has_finalizers_ = true; }
    bool has_finalizers() const noexcept { return has_finalizers_; }

  private:
    static int collectgarbage(lua_State *L);
    void become_generational(lua_State *L) noexcept;
    void become_incremental(lua_State *L) noexcept;
    bool finish_cycle(lua_State *L) noexcept;
    uint64_t own(lua_State *L) const noexcept;
    uint64_t most_own_idle() const noexcept;

    static constexpr int enough_cycles = 2; // the one that runs keeps what died since it began

    const uint64_t memory_limit_;
    uint64_t sealed_ = 0;             // bytes
    int cycles_left_ = enough_cycles; // until an idle VM has no garbage
    bool is_shared_ = false, is_generational_ = false, is_chosen_ = false, has_finalizers_;
};

} // namespace fkvm
