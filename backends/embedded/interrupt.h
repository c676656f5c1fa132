// SPDX-License-Identifier: MIT
// Ends the Lua code that runs, at a time limit or when asked. Costs nothing until then, where the server
// lent a signal: its handler arms a hook on the coroutine that runs. Without a signal, a limit that was
// set arms a count hook from the start.
#pragma once

#include "fk_backend.h"

#include <atomic>
#include <lua.hpp>
#include <pthread.h>

namespace fkvm {

enum class Asked { Nothing, Timeout, Interrupt, Memory };

// State is one word, {turn, kind}: whoever wants to signal the VM's thread does so by compare-and-swap from
// Running, so that no signal is sent to a thread that has left, or meant for an earlier turn.
class Interrupter {
  public:
    Interrupter(const fk_host *host, fk_vm *vm, const fk_vm_options &options) noexcept;
    ~Interrupter();
    Interrupter(const Interrupter &) = delete;
    Interrupter &operator=(const Interrupter &) = delete;

    // Takes the signal and the monitor. False: *problem says why.
    bool start(lua_State *main, const char **problem) noexcept;

    // Around a call into Lua on L, and around a host method called from L. Nest in each other.
    struct Outer {
        lua_State *running;
        Interrupter *here;
    };
    Outer enter(lua_State *L) noexcept;
    Asked leave(const Outer &outer) noexcept; // what was asked for meanwhile
    void to_host() noexcept;
    void from_host(lua_State *L, bool failed) noexcept; // a nested call may have used up the time

    // Around lua_resume of co from L.
    void switch_to(lua_State *co) noexcept {
        running_ = co;
        if (asked_ != Asked::Nothing) arm(co);
    }

    // From the VM's own thread, inside Lua: the running call shall end.
    void end_call(Asked why) noexcept {
        if (asked_ == Asked::Nothing) asked_ = why;
        arm(running_);
    }

    // From any thread, also from a signal handler: the running call shall end.
    void interrupt() noexcept { signal(RunningKind, SignalledInterrupt); }

    // For the monitor: acts if a limit has passed; returns when to look again.
    uint64_t look(uint64_t now) noexcept;

  private:
    enum Kind : uint64_t { Idle, RunningKind, InHost, SignalledTimeout, SignalledInterrupt };
    static constexpr uint64_t kind_bits = 7, turn = 8;
    static constexpr int now_and_then = 20'000; // instructions between two looks of the count hook

    static void on_signal(int);
    static void on_count(lua_State *L, lua_Debug *);
    void unblock() const noexcept;
    bool install_handler(const char **problem) noexcept;
    void run() noexcept;
    void stop(Kind next) noexcept;
    bool signal(Kind from, Kind to) noexcept;
    void take_signal() noexcept;
    void arm(lua_State *L) noexcept { lua_sethook(L, on_count, LUA_MASKCOUNT, 1); }
    void disarm(lua_State *L) noexcept;
    const char *reason() const noexcept;

    const fk_host *host_;
    fk_vm *vm_;
    int signal_;
    bool counting_; // by a hook that is always there
    bool watched_ = false;
    uint64_t shortest_; // of the limits, ns
    lua_State *volatile running_ = nullptr;
    volatile Asked asked_ =
        Asked::Nothing; // written by the VM's thread alone, its handler included
    std::atomic<pthread_t> thread_{};
    std::atomic<uint64_t> deadline_{UINT64_MAX};
    std::atomic<uint64_t> state_{Idle};
};

} // namespace fkvm
