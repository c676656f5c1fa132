// SPDX-License-Identifier: MIT
#include "coroutines.h"

#include "base/stack.h"
#include "runtime.h"

namespace fkvm {
namespace {

lua_State *coroutine_at(lua_State *L, int index) {
    lua_State *co = lua_tothread(L, index);
    luaL_argexpected(L, co, index, "coroutine");
    return co;
}

// Moves the top `count` values into co and runs it; its results or its error come back onto L.
// Their number, or -1 after an error.
int resume(lua_State *L, lua_State *co, int count) {
    if (!lua_checkstack(co, count)) {
        lua_pushliteral(L, "too many arguments to resume");
        return -1;
    }
    lua_xmove(L, co, count);
    Runtime &runtime = Runtime::of(L);
    Interrupter &interrupter = runtime.interrupter();
    interrupter.switch_to(co);
    int results = 0;
    const int outcome = lua_resume(co, L, count, &results);
    interrupter.switch_to(L);
    if (outcome != LUA_OK && outcome != LUA_YIELD) {
        runtime.traceback().left(co, interrupter.asked());
        if (interrupter.asked()) runtime.ends_in(L);
        lua_xmove(co, L, 1);
        return -1;
    }
    if (!lua_checkstack(L, results + 1)) {
        lua_pop(co, results);
        lua_pushliteral(L, "too many results to resume");
        return -1;
    }
    lua_xmove(co, L, results);
    return results;
}

int resume_function(lua_State *L) {
    lua_State *co = coroutine_at(L, 1);
    const int results = resume(L, co, lua_gettop(L) - 1);
    lua_pushboolean(L, results >= 0);
    const int values = results < 0 ? 1 : results;
    lua_insert(L, -(values + 1));
    return values + 1;
}

// Lua counts C calls anew in the coroutine that it closes, so a chain of them that close each other
// would use up the C stack. One such count must find enough of it left.
constexpr size_t least_stack = 512 << 10;
constexpr int too_deep = -1;

int close_coroutine(lua_State *L, lua_State *co) {
    if (this_stack().left < least_stack) return too_deep;
    Interrupter &interrupter = Runtime::of(L).interrupter();
    interrupter.switch_to(co);
    const int outcome = lua_resetthread(co);
    interrupter.switch_to(L);
    return outcome;
}

// An error that leaves wrap closes its coroutine and says where it passed.
int fail_wrapped(lua_State *L, lua_State *co) {
    const int status = lua_status(co);
    if (status != LUA_OK && status != LUA_YIELD && close_coroutine(L, co) != too_deep) {
        lua_pop(L, 1); // its error, or that of closing, is on top of co
        lua_xmove(co, L, 1);
    }
    if (status != LUA_ERRMEM && lua_type(L, -1) == LUA_TSTRING) {
        luaL_where(L, 1);
        lua_insert(L, -2);
        lua_concat(L, 2);
    }
    Runtime::of(L).traceback().goes_on_as(L);
    return lua_error(L);
}

int wrapped(lua_State *L) {
    lua_State *co = lua_tothread(L, lua_upvalueindex(1));
    const int results = resume(L, co, lua_gettop(L));
    return results >= 0 ? results : fail_wrapped(L, co);
}

int wrap_function(lua_State *L) {
    luaL_checktype(L, 1, LUA_TFUNCTION);
    lua_State *co = lua_newthread(L);
    lua_pushvalue(L, 1);
    lua_xmove(L, co, 1);
    lua_pushcclosure(L, wrapped, 1);
    return 1;
}

const char *status_of(lua_State *L, lua_State *co) {
    if (L == co) return "running";
    lua_Debug frame;
    switch (lua_status(co)) {
    case LUA_YIELD:
        return "suspended";
    case LUA_OK:
        if (lua_getstack(co, 0, &frame)) return "normal"; // it resumed another
        return lua_gettop(co) ? "suspended" : "dead";
    default:
        return "dead";
    }
}

int close_function(lua_State *L) {
    lua_State *co = coroutine_at(L, 1);
    const char *status = status_of(L, co);
    if (*status != 's' && *status != 'd')
        return luaL_error(L, "cannot close a %s coroutine", status);
    const int outcome = close_coroutine(L, co);
    if (outcome == too_deep)
        return luaL_error(L, "C stack overflow: coroutines close each other too deep");
    if (outcome == LUA_OK) {
        lua_pushboolean(L, true);
        return 1;
    }
    lua_pushboolean(L, false);
    lua_xmove(co, L, 1);
    return 2;
}

} // namespace

void add_coroutines(lua_State *L) {
    const luaL_Reg functions[] = {{"resume", resume_function},
                                  {"wrap", wrap_function},
                                  {"close", close_function},
                                  {nullptr, nullptr}};
    lua_getglobal(L, "coroutine");
    luaL_setfuncs(L, functions, 0);
    lua_pop(L, 1);
}

} // namespace fkvm
