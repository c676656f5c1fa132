/* SPDX-License-Identifier: MIT */
/* What is left of the C stack. Lua counts nested C calls, not what they take: an encoder that a
 * metamethod calls inside an encoder can use up the stack within Lua's 200. */
#pragma once

#include <cstddef>
#include <lua.hpp>

namespace fkvm {

/* In the registry, from whoever runs the script: a light userdata that is a function without
 * parameters, the bytes left of the C stack. Without it nothing is checked. */
inline constexpr char c_stack_left[] = "fk.c_stack_left";

/* What is left for Lua's own recursion: 200 nested gsub take 400 KiB. */
inline constexpr size_t least_c_stack = 416 << 10;

inline void check_c_stack(lua_State *L) {
    lua_getfield(L, LUA_REGISTRYINDEX, c_stack_left);
    const auto left = reinterpret_cast<size_t (*)()>(lua_touserdata(L, -1));
    lua_pop(L, 1);
    if (left && left() < least_c_stack)
        luaL_error(L, "C stack overflow: %d KiB of it must be left",
                   static_cast<int>(least_c_stack >> 10));
}

/* For recursion in C: now and then. */
inline void check_c_stack(lua_State *L, int depth) {
    if (depth % 16 == 0) check_c_stack(L);
}

} // namespace fkvm
