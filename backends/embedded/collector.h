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
    void seal(lua_State *L) noexcept; // the script has been loaded. May call finalizers
    void look(lua_State *L) noexcept; // before a call
    // Of an idle VM: a moment's work, which may call finalizers; true: to the end of a cycle.
    bool step(lua_State *L) noexcept;

    // An object has been marked for finalization by a script.
    void add_finalizer() noexcept { has_finalizers_ = true; }
    bool has_finalizers() const noexcept { return has_finalizers_; }

  private:
    static int collectgarbage(lua_State *L);
    void become_incremental(lua_State *L) noexcept;
    uint64_t own(lua_State *L) const noexcept;

    const uint64_t memory_limit_;
    uint64_t sealed_ = 0; // bytes
    bool is_generational_ = false, is_chosen_ = false, has_finalizers_;
};

} // namespace fkvm
