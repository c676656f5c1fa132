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
    // From here on the error is the value on top of L's stack.
    void goes_on_as(lua_State *L) noexcept { error_ = lua_topointer(L, -1); }

    // What the error at that index has left; nullptr: nothing, or it is another error.
    const char *of(lua_State *L, int index) const noexcept;
    const char *of_ending() const noexcept { return ending_ ? text_ : nullptr; }

  private:
    FK_PRINTF(2, 3) void add(const char *format, ...) noexcept;
    void add_coroutine(lua_State *co) noexcept;
    void add_frame(const lua_Debug &frame) noexcept;

    char text_[6000] = "";
    size_t size_ = 0;
    const void *error_ = nullptr;
    bool ending_ = false;
};

} // namespace fkvm
