// SPDX-License-Identifier: MIT
// A lua_State with its own memory: counted, and limited.
#pragma once

#include "slab.h"

#include <atomic>
#include <csetjmp>
#include <cstdint>
#include <lua.hpp>

namespace fkvm {

class LuaMemory {
  public:
    explicit LuaMemory(uint64_t limit) noexcept : limit_(limit) {}

    lua_State *open() noexcept; // nullptr: out of memory
    // As lua_close(), but the objects are only finalized: their blocks go with this, all at once.
    // To free each costs milliseconds, and writes to pages that a template's copies share. So does
    // Lua's search for finalizers, which is left out where scripts have none.
    void close(lua_State *L, bool has_finalizers) noexcept;
    // Makes that possible: before anything else has a finalizer. May raise an error.
    void prepare_close(lua_State *L);
    void adopt(lua_State *L) noexcept; // a state of another owner, whose blocks come from malloc
    bool trim(size_t blocks) noexcept { return slab_.trim(blocks); } // see slab.h
    void stop_trimming() noexcept { slab_.stop_trimming(); }
    void seal() noexcept { slab_.seal(); }       // before the process is copied
    static LuaMemory &of(lua_State *L) noexcept; // a state of open() or adopt()

    // While an error is handled Lua may use a little more, or an error just below the limit could
    // not be told.
    void reserve(bool open) noexcept { extra_ = open ? reserved : 0; }

    // An error of memory that the script caught is no end, but the third within a call is, or a
    // thousand refusals.
    struct Watcher {
        virtual void memory_error(bool certain) noexcept = 0; // is, or may be, about to be raised
        virtual void memory_errors_repeat() noexcept = 0;

      protected:
        ~Watcher() = default;
    };
    void begin_call(Watcher *watcher) noexcept {
        watcher_ = watcher;
        errors_ = refusals_ = 0;
        system_refused_ = false;
    }
    // The last refusal was not the limit's: there was none to have.
    bool system_refused() const noexcept { return system_refused_; }

    uint64_t used() const noexcept { return used_.load(std::memory_order_relaxed); }
    uint64_t peak() const noexcept { return peak_.load(std::memory_order_relaxed); }

  private:
    struct FromSlab;
    struct FromMalloc;
    template <class Blocks>
    static void *allocate(void *self, void *block, size_t old_size, size_t size) noexcept;

    static int finalize_last(lua_State *L) noexcept;

    static constexpr uint64_t reserved = 256 << 10;
    static constexpr int most_errors = 3, most_refusals = 1000;

    void *refuse(size_t size, bool by_system) noexcept;
    void end_refusal(size_t size) noexcept;
    void watch() noexcept;

    uint64_t limit_, extra_ = 0;
    size_t refused_ = 0; // the size of the last request, if that was refused
    int errors_ = 0, refusals_ = 0;
    bool system_refused_ = false;
    Watcher *watcher_ = nullptr;
    std::atomic<uint64_t> used_{0}, peak_{0};
    bool is_adopted_ = false;
    std::jmp_buf *closed_ = nullptr; // where close() goes on
    Slab slab_;
};

} // namespace fkvm
