// SPDX-License-Identifier: MIT
#include "collector.h"

#include "base/clock.h"
#include "call.h"
#include "metatables.h"
#include "runtime.h"
#include "state.h"

#include <algorithm>
#include <cstring>

namespace fkvm {
namespace {

// Generations of older releases have faults of their own (lua.org/bugs.html).
constexpr bool has_sound_generations = LUA_VERSION_RELEASE_NUM >= 50404;

// Beyond what is sealed: with more a VM collects in steps.
constexpr uint64_t most_own = 64 << 20;
// The same for an idle one. Copies lose by it what they share; for others it is worth while sooner.
constexpr uint64_t most_own_of_idle_copy = 4 << 20, most_own_of_idle = 512 << 10;
// A VM that has not more in all returns to generations: that takes one pause, of 0.35 ms a MB.
constexpr uint64_t most_to_return = 4 << 20;

// A young collection comes when so much is new, in per cent of all that there is (Lua's default).
constexpr uint64_t nursery = 2 << 20;
constexpr int least_young = 2, default_young = 20;
// A major one when the heap has grown by so much (Lua's default, and the most that it takes).
constexpr int default_major = 100, most_major = 1020;

bool is_choice(const char *option) noexcept {
    for (const char *choice : {"incremental", "generational", "setpause", "setstepmul"})
        if (std::strcmp(option, choice) == 0) return true;
    return false;
}

// A script's own generational mode knows no steps and no end of a cycle: to leave and enter it
// collects all, and one young collection then calls the finalizers.
bool collect_generations(lua_State *L) {
    if (lua_gc(L, LUA_GCINC, 0, 0, 0) != LUA_GCGEN) return false;
    lua_gc(L, LUA_GCGEN, 0, 0);
    lua_gc(L, LUA_GCSTEP, 0);
    return true;
}

bool collect_in_steps(lua_State *L) {
    constexpr int step_kb = 16;
    const uint64_t end = now_ns() + collecting_ns;
    do {
        if (lua_gc(L, LUA_GCSTEP, step_kb)) return true;
    } while (now_ns() < end);
    return false;
}

} // namespace

void Collector::install(lua_State *L) {
    lua_getglobal(L, "collectgarbage");
    lua_pushcclosure(L, collectgarbage, 1);
    lua_setglobal(L, "collectgarbage");
}

// Lua's own answers, in the same frame, so that its messages name the function.
int Collector::collectgarbage(lua_State *L) {
    if (lua_type(L, 1) == LUA_TSTRING && is_choice(lua_tostring(L, 1))) {
        Collector &collector = Runtime::of(L).collector();
        collector.is_chosen_ = true;
        collector.become_incremental(L); // which it was as far as the script knows
    }
    return lua_tocfunction(L, lua_upvalueindex(1))(L);
}

void Collector::seal(lua_State *L, bool for_copies) noexcept {
    is_shared_ = for_copies;
    if (for_copies) {
        look_for_metamethods(L);
        lua_gc(L, LUA_GCCOLLECT);
        lua_pop(L, 1);
    }
    lua_gc(L, LUA_GCCOLLECT);
    if (!is_chosen_ && has_sound_generations) become_generational(L);
}

void Collector::become_generational(lua_State *L) noexcept {
    sealed_ = std::max<uint64_t>(LuaMemory::of(L).used(), 1);
    const auto young =
        static_cast<int>(std::clamp<uint64_t>(nursery * 100 / sealed_, least_young, default_young));
    lua_gc(L, LUA_GCGEN, young, most_major);
    lua_gc(L, LUA_GCSTEP, 0); // Lua 5.4.4 would keep the threshold of the other mode
    is_generational_ = true;
}

void Collector::become_incremental(lua_State *L) noexcept {
    if (!is_generational_) return;
    lua_gc(L, LUA_GCGEN, default_young, default_major); // for a script that enters it again
    lua_gc(L, LUA_GCINC, 0, 0, 0);
    is_generational_ = false;
}

uint64_t Collector::own(lua_State *L) const noexcept {
    const uint64_t used = LuaMemory::of(L).used();
    return used > sealed_ ? used - sealed_ : 0;
}

uint64_t Collector::most_own_idle() const noexcept {
    return is_shared_ ? std::max(most_own_of_idle_copy, sealed_)
                      : std::max(most_own_of_idle, sealed_ / 8);
}

void Collector::look(lua_State *L) noexcept {
    cycles_left_ = enough_cycles;
    if (!is_generational_) return;
    const uint64_t room = memory_limit_ > sealed_ ? memory_limit_ - sealed_ : 0;
    if (own(L) > std::min(most_own, room / 2)) become_incremental(L);
}

bool Collector::step(lua_State *L) noexcept {
    if (is_generational_) {
        lua_gc(L, LUA_GCSTEP, 0);
        if (own(L) <= most_own_idle()) return finish_cycle(L);
        become_incremental(L);
    }
    return (collect_generations(L) || collect_in_steps(L)) && finish_cycle(L);
}

bool Collector::finish_cycle(lua_State *L) noexcept {
    if (--cycles_left_ > 0) return false;
    const bool may_return = !is_shared_ && !is_generational_ && !is_chosen_ && sealed_ > 0;
    if (may_return && LuaMemory::of(L).used() <= most_to_return) become_generational(L);
    return true;
}

} // namespace fkvm
