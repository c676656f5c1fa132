// SPDX-License-Identifier: MIT
// Lua's warnings, of warn() and of finalizers that fail: records of the level warning, off until
// warn("@on"), as in lua.
#pragma once

#include <lua.hpp>
#include <string>

namespace fkvm {

class Runtime;

class Warnings {
  public:
    explicit Warnings(const Runtime &runtime) noexcept : runtime_(runtime) {}
    void take_over(lua_State *L) noexcept { lua_setwarnf(L, take, this); }

  private:
    static void take(void *self, const char *piece, int more) noexcept;
    void add(const char *piece, bool first, bool last) noexcept;

    const Runtime &runtime_;
    bool on_ = false;
    bool begun_ = false; // more pieces of the same warning are to come
    std::string text_;   // those so far: a record leaves whole
};

} // namespace fkvm
