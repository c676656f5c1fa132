// SPDX-License-Identifier: MIT
// In the place of Lua's functions that would reach the process: its output, its end, its directory.
#include "base/files.h"
#include "library.h"
#include "lua_own.h"
#include "paths.h"
#include "runtime.h"

#include <cerrno>
#include <clocale>
#include <cstdio>
#include <cstring>

namespace fkvm {
namespace {

void say(lua_State *L, fk_level level) {
    size_t size;
    const char *text = lua_tolstring(L, -1, &size);
    const Runtime &runtime = Runtime::of(L);
    runtime.host().output(runtime.vm(), level, text, size);
}

int print(lua_State *L) {
    const int count = lua_gettop(L);
    luaL_Buffer line;
    luaL_buffinit(L, &line);
    for (int i = 1; i <= count; i++) {
        if (i > 1) luaL_addchar(&line, '\t');
        luaL_tolstring(L, i, nullptr);
        luaL_addvalue(&line);
    }
    luaL_addchar(&line, '\n');
    luaL_pushresult(&line);
    say(L, FK_LEVEL_PRINT);
    return 0;
}

// Upvalues: name, reason.
int refused_function(lua_State *L) {
    return luaL_error(L, "%s is not allowed here: %s", lua_tostring(L, lua_upvalueindex(1)),
                      lua_tostring(L, lua_upvalueindex(2)));
}

// refuse(name, reason): a function that raises an error.
int refuse(lua_State *L) {
    luaL_checkstring(L, 1);
    luaL_checkstring(L, 2);
    lua_settop(L, 2);
    lua_pushcclosure(L, refused_function, 2);
    return 1;
}

// Upvalues: name, whether it was called before.
int debugger_function(lua_State *L) {
    if (lua_toboolean(L, lua_upvalueindex(2))) return 0;
    lua_pushboolean(L, true);
    lua_replace(L, lua_upvalueindex(2));
    lua_pushfstring(L, "%s is disabled: a VM has no standard input to ask at\n",
                    lua_tostring(L, lua_upvalueindex(1)));
    say(L, FK_LEVEL_WARNING);
    return 0;
}

// no_debugger(name): a function that warns once; debug.debug() would wait for a person at the
// protocol's standard input.
int no_debugger(lua_State *L) {
    luaL_checkstring(L, 1);
    lua_settop(L, 1);
    lua_pushboolean(L, false);
    lua_pushcclosure(L, debugger_function, 2);
    return 1;
}

int remove_path(lua_State *L) {
    const char *path = path_argument(L, 1);
    int error = 0;
    without_throwing(L, [&] { error = remove_file(absolute(L, path).c_str()); });
    errno = error;
    return luaL_fileresult(L, error == 0, path);
}

int rename_path(lua_State *L) {
    const char *from = path_argument(L, 1), *to = path_argument(L, 2);
    int error = 0;
    without_throwing(L, [&] {
        const std::string before = absolute(L, from), after = absolute(L, to);
        error = rename_file(before.c_str(), after.c_str());
    });
    errno = error;
    return luaL_fileresult(L, error == 0, nullptr);
}

// Says which locale there is. What it cannot give is nil, as in Lua: it would change the server.
int set_locale(lua_State *L) {
    static constexpr int kinds[] = {LC_ALL, LC_COLLATE, LC_CTYPE, LC_MONETARY, LC_NUMERIC, LC_TIME};
    static constexpr const char *names[] = {"all",     "collate", "ctype", "monetary",
                                            "numeric", "time",    nullptr};
    const char *wanted = luaL_optstring(L, 1, nullptr);
    const char *now = std::setlocale(kinds[luaL_checkoption(L, 2, "all", names)], nullptr);
    if (!wanted || (now && std::strcmp(wanted, now) == 0)) return lua_pushstring(L, now), 1;
    lua_pushnil(L);
    lua_pushliteral(L, "os.setlocale is not allowed here: it would change the server");
    return 2;
}

// Commands go to the VM's directory first.
void push_there(lua_State *L, const char *command) {
    if (*LUA_DIRSEP == '\\') { // Windows, where no name holds a quote
        const char *here = Runtime::of(L).directory().c_str();
        lua_pushfstring(L, "cd /d \"%s\" && %s", here, command);
        return;
    }
    const char *folder = luaL_gsub(L, Runtime::of(L).directory().c_str(), "'", "'\\''");
    lua_pushfstring(L, "cd '%s' || exit\n%s", folder, command);
    lua_remove(L, -2);
}

// Upvalue: Lua's own.
int execute(lua_State *L) {
    const char *command = luaL_optstring(L, 1, nullptr);
    lua_settop(L, command ? 1 : 0);
    if (command) {
        push_there(L, command);
        lua_replace(L, 1);
    }
    return call_own(L);
}

// Upvalue: Lua's own.
int open_pipe(lua_State *L) {
    const char *command = luaL_checkstring(L, 1), *mode = luaL_optstring(L, 2, "r");
    luaL_argcheck(L, (*mode == 'r' || *mode == 'w') && !mode[1], 2, "invalid mode");
    lua_settop(L, 2);
    push_there(L, command);
    lua_replace(L, 1);
    lua_pushstring(L, mode);
    lua_replace(L, 2);
    return call_own(L);
}

} // namespace

void add_process_functions(lua_State *L) {
    const luaL_Reg functions[] = {
        {"refuse", refuse}, {"no_debugger", no_debugger}, {nullptr, nullptr}};
    luaL_setfuncs(L, functions, 0);
    lua_pushcfunction(L, print);
    lua_setglobal(L, "print");
    if (Runtime::of(L).restricted()) return; // sandbox.lua refuses the others
    lua_getglobal(L, LUA_OSLIBNAME);
    const luaL_Reg of_os[] = {{"remove", remove_path},
                              {"rename", rename_path},
                              {"setlocale", set_locale},
                              {nullptr, nullptr}};
    luaL_setfuncs(L, of_os, 0);
    replace_own(L, -1, "execute", execute);
    lua_getglobal(L, LUA_IOLIBNAME);
    replace_own(L, -1, "popen", open_pipe);
    lua_pop(L, 2);
}

} // namespace fkvm
