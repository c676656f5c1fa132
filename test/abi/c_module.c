/* SPDX-License-Identifier: MIT */
/* A C module of Lua, which knows only what Lua's headers promise. */
#include <lua.h>

__attribute__((visibility("default"))) int luaopen_c_module(lua_State *L) {
    lua_pushinteger(L, 42);
    return 1;
}
