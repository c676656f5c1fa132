// SPDX-License-Identifier: MIT
// Functions in the place of Lua's own, which they keep as their first upvalue.
#pragma once

#include <lua.hpp>

namespace fkvm {

// table[name] becomes a closure over what it was and over `more` values on top of the stack, which
// it takes.
inline void replace_own(lua_State *L, int table, const char *name, lua_CFunction function,
                        int more = 0) {
    table = lua_absindex(L, table);
    lua_getfield(L, table, name);
    lua_insert(L, -1 - more);
    lua_pushcclosure(L, function, 1 + more);
    lua_setfield(L, table, name);
}

// In such a function: calls Lua's own with all that is on the stack, and leaves its results there.
// Returns their number.
inline int call_own(lua_State *L) {
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_call(L, lua_gettop(L) - 1, LUA_MULTRET);
    return lua_gettop(L);
}

} // namespace fkvm
