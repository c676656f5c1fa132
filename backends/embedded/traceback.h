// SPDX-License-Identifier: MIT
// Where an error was raised, through all coroutines that it has left: the innermost first. Lua's
// own traceback knows one coroutine only. Takes no memory, for it also tells where memory ran out.
#pragma once

#include "base/printf_format.h"

#include <cstddef>
#include <lua.hpp>

namespace fkvm {

class Traceback {
  public:
    void forget() noexcept; // another call begins

    // co has failed with the value on top of its stack. ending: the whole call is to end, so
    // whatever comes after is part of that.
    void left(lua_State *co, bool ending) noexcept;
    // The whole call is to end, and L runs: its frames, before a pcall drops them. base: the call
    // itself runs on L.
    void ends_in(lua_State *L, bool base) noexcept;
    // L, on which the call itself runs, gets no memory: its frames, before the error drops them.
    // Where that is not certain, another error keeps what it has left.
    void no_memory_in(lua_State *L, bool certain) noexcept;
    void ended() noexcept { ended_ = true; } // what comes now is another error
    // From here on the error is the value on top of L's stack.
    void goes_on_as(lua_State *L) noexcept { error_ = lua_topointer(L, -1); }

    // What the error at that index has left; nullptr: nothing, or it is another error.
    const char *of(lua_State *L, int index) const noexcept;
    const char *of_no_memory() const noexcept { return no_memory_ ? text_ : nullptr; }
    const char *of_ending() const noexcept { return ending_ && size_ ? text_ : nullptr; }
    // In a message handler on L: the same with what a pcall on L has dropped; nullptr: nothing.
    const char *of_caught_ending(lua_State *L) noexcept;

  private:
    FK_PRINTF(2, 3) void add(const char *format, ...) noexcept;
    void add_coroutine(lua_State *co) noexcept;
    void add_frames(lua_State *L, int depth) noexcept;
    void add_frame(const lua_Debug &frame) noexcept;

    char text_[6000] = "";
    size_t size_ = 0;
    const void *error_ = nullptr;
    const lua_State *noted_ = nullptr; // the latest that ends_in() had
    size_t base_at_ = 0;               // where its frames begin in the text, if it is the base
    int base_depth_ = 0;
    bool ending_ = false, ended_ = false, no_memory_ = false;
};

} // namespace fkvm
