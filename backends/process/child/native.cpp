// SPDX-License-Identifier: MIT
// The C module fk_native: with it a stock `lua5.4 entry.lua SCRIPT` is a child VM as good as
// fkvm-host. It carries libfkvm without any Lua of its own; the interpreter's is used.
#include "embedded/embedded.h"
#include "serve.h"

#include <cstdlib>
#include <lua.hpp>

namespace {

// Does not return: the state is closed.
int serve(lua_State *L) {
    const char *script = luaL_checkstring(L, 1);
    lua_rawgeti(L, LUA_REGISTRYINDEX, LUA_RIDX_MAINTHREAD);
    fkvm::adopt_state(lua_tothread(L, -1));
    std::_Exit(fkvm::serve_child("fk_native", script));
}

} // namespace

extern "C" __attribute__((visibility("default"))) int luaopen_fk_native(lua_State *L) {
    const luaL_Reg functions[] = {{"serve", serve}, {nullptr, nullptr}};
    luaL_newlib(L, functions);
    return 1;
}
