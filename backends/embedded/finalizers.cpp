// SPDX-License-Identifier: MIT
#include "finalizers.h"

#include "runtime.h"

namespace fkvm {
namespace {

const char idle_key = 0; // in the registry: a coroutine that runs nothing

// Pushes it, or a new one: no finalizer runs inside another, but one that yielded keeps its own.
lua_State *push_coroutine(lua_State *L) {
    lua_rawgetp(L, LUA_REGISTRYINDEX, &idle_key);
    lua_State *co = lua_tothread(L, -1);
    if (co && lua_status(co) == LUA_OK && lua_gettop(co) == 0) return co;
    lua_pop(L, 1);
    co = lua_newthread(L);
    lua_pushvalue(L, -1);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &idle_key);
    return co;
}

// Upvalue: the script's function. 1: the object.
int finalize(lua_State *L) {
    Interrupter &interrupter = Runtime::of(L).interrupter();
    if (interrupter.closing_is_over()) return 0;
    lua_State *co = push_coroutine(L);
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_pushvalue(L, 1);
    lua_xmove(L, co, 2);
    interrupter.switch_to(co);
    int results = 0;
    const int outcome = lua_resume(co, L, 1, &results);
    interrupter.switch_to(L);
    if (outcome == LUA_OK) return lua_settop(co, 0), 0;
    if (outcome == LUA_YIELD) return luaL_error(L, "attempt to yield in a finalizer (__gc)");
    if (interrupter.asked()) Runtime::of(L).traceback().left(co, true);
    lua_xmove(co, L, 1);
    lua_resetthread(co);
    lua_settop(co, 0);
    return lua_error(L); // Lua makes a warning of it
}

// The metatable at 2.
void wrap_finalizer(lua_State *L) {
    lua_pushliteral(L, "__gc");
    if (lua_rawget(L, 2) != LUA_TNIL) Runtime::of(L).collector().add_finalizer();
    if (lua_isfunction(L, -1) && lua_tocfunction(L, -1) != finalize) {
        lua_pushcclosure(L, finalize, 1);
        lua_pushliteral(L, "__gc");
        lua_insert(L, -2);
        lua_rawset(L, 2);
    }
    lua_settop(L, 2);
}

// As Lua's own in all else.
int set_metatable(lua_State *L) {
    const int type = lua_type(L, 2);
    luaL_checktype(L, 1, LUA_TTABLE);
    luaL_argexpected(L, type == LUA_TNIL || type == LUA_TTABLE, 2, "nil or table");
    if (luaL_getmetafield(L, 1, "__metatable") != LUA_TNIL)
        return luaL_error(L, "cannot change a protected metatable");
    lua_settop(L, 2);
    if (type == LUA_TTABLE) wrap_finalizer(L);
    lua_setmetatable(L, 1);
    return 1;
}

} // namespace

void add_finalizers(lua_State *L) {
    lua_pushcfunction(L, set_metatable);
    lua_setglobal(L, "setmetatable");
}

} // namespace fkvm
