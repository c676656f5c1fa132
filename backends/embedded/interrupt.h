// SPDX-License-Identifier: MIT
// Ends the Lua code that runs once the host says that it must end. Costs nothing until then where
// there is a signal: its handler arms a hook on the coroutine that runs. Without one, a hook counts
// from the start.
#pragma once

#include "fk_backend.h"
#include "signals.h"

#include <atomic>
#include <lua.hpp>
#include <string>

namespace fkvm {

// State is one word, {turn, kind}: whoever wants to signal the VM's thread does so by
// compare-and-swap from Running, so that no signal is sent to a thread that has left.
class Interrupter {
  public:
    Interrupter(const fk_host *host, fk_vm *vm, const fk_vm_options &options) noexcept;
    Interrupter(const Interrupter &) = delete;
    Interrupter &operator=(const Interrupter &) = delete;

    // Takes the signal. False: *problem says why.
    bool start(lua_State *main, const char **problem) noexcept;

    // Around a call into Lua on L, and around a host method called from L. Nest in each other.
    struct Outer {
        lua_State *running;
        Interrupter *here;
    };
    Outer enter(lua_State *L) noexcept;
    fk_status leave(const Outer &outer) noexcept; // what was asked for meanwhile
    void to_host() noexcept;
    void from_host(lua_State *L) noexcept;

    // Around lua_resume of co from L.
    void switch_to(lua_State *co) noexcept {
        running_ = co;
        if (asked_ != FK_OK)
            arm(co);
        else if (closing_until_)
            lua_sethook(co, on_count, LUA_MASKCOUNT, now_and_then);
    }

    // From the VM's own thread, inside Lua: the running call shall end, with this status.
    void end_call(fk_status why) noexcept {
        if (asked_ == FK_OK) asked_ = why;
        arm(running_);
    }

    // The VM closes: its last finalizers have so long, in sum. It takes no signal, and no host that still watches.
    void begin_closing(lua_State *L, uint32_t limit_ms) noexcept;
    bool closing_is_over() noexcept;
    // From any thread: none of them runs.
    void without_finalizers() noexcept { no_finalizers_.store(true, std::memory_order_relaxed); }

    lua_State *running() const noexcept { return running_; }
    bool asked() const noexcept { return asked_ != FK_OK; } // what runs is to end

    // From any thread, also from a signal handler: what runs is to ask the host whether it must
    // end.
    fk_status interrupt() noexcept;

    const char *described() const noexcept { return described_.c_str(); } // for fk_stats.limited_by

  private:
    enum Kind : uint64_t { Idle, Running, InHost, Signalled };
    static constexpr uint64_t kind_bits = 3, turn = 4;
    static constexpr int now_and_then = 20'000; // instructions between two looks of the count hook

    static void on_signal(int);
    static void on_count(lua_State *L, lua_Debug *);
    void run() noexcept;
    void stop(Kind next) noexcept;
    void take_signal() noexcept;
    void look() noexcept;
    void arm(lua_State *L) noexcept { lua_sethook(L, on_count, LUA_MASKCOUNT, 1); }
    void disarm(lua_State *L) noexcept;

    const fk_host *host_;
    fk_vm *vm_;
    const int wanted_;
    const bool limited_;
    InterruptSignal signal_;
    std::atomic<bool> counting_{false}; // by a hook that is always there
    std::string described_ = "nothing";
    std::atomic<bool> no_finalizers_{false};
    uint64_t closing_until_ = 0; // not 0: the VM closes
    uint32_t close_limit_ms_ = 0;
    lua_State *volatile running_ = nullptr;
    volatile fk_status asked_ = FK_OK; // written by the VM's thread alone, its handler included
    std::atomic<uint64_t> state_{Idle};
};

} // namespace fkvm
