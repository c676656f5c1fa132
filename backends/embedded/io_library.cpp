// SPDX-License-Identifier: MIT
#include "io_library.h"

#include "lua_own.h"
#include "paths.h"
#include "runtime.h"
#include "streams.h"

#include <cerrno>
#include <cstdio>
#include <cstring>

namespace fkvm {
namespace {

luaL_Stream *stream_at(lua_State *L, int index) {
    return static_cast<luaL_Stream *>(luaL_checkudata(L, index, LUA_FILEHANDLE));
}

luaL_Stream *open_stream_at(lua_State *L, int index) {
    luaL_Stream *const stream = stream_at(L, index);
    if (!stream->closef) luaL_error(L, "attempt to use a closed file");
    return stream;
}

int open(lua_State *L) {
    const char *path = path_argument(L, 1), *mode = luaL_optstring(L, 2, "r");
    luaL_argcheck(L, is_mode(mode), 2, "invalid mode");
    const int error = push_file(L, path, mode);
    if (!error) return 1;
    lua_pushnil(L);
    lua_pushfstring(L, "%s: %s", path, lua_tostring(L, -2));
    lua_pushinteger(L, error);
    return 3;
}

// The path at `index` becomes its file.
void open_in_place(lua_State *L, int index, const char *mode) {
    const char *path = path_argument(L, index);
    if (push_file(L, path, mode))
        luaL_error(L, "cannot open file '%s' (%s)", path, lua_tostring(L, -1));
    lua_replace(L, index);
}

// Upvalue: Lua's own io.input or io.output, which knows no path here.
int choose(lua_State *L, const char *mode) {
    lua_settop(L, 1);
    if (lua_isstring(L, 1))
        open_in_place(L, 1, mode);
    else if (!lua_isnil(L, 1))
        open_stream_at(L, 1);
    return call_own(L);
}

int choose_input(lua_State *L) { return choose(L, "r"); }

int choose_output(lua_State *L) {
    if (Runtime::of(L).restricted() && !lua_isnoneornil(L, 1))
        return luaL_error(L, "io.output: the VM's output cannot be replaced");
    return choose(L, "w");
}

constexpr int most_formats = 250; // as Lua's io.lines takes them

// Upvalues: Lua's own file:read, the file, the formats and before them their number. Closes the
// file at its end.
int next_of_lines(lua_State *L) {
    auto *const stream = static_cast<luaL_Stream *>(lua_touserdata(L, lua_upvalueindex(2)));
    if (!stream->closef) return luaL_error(L, "file is already closed");
    const auto count = static_cast<int>(lua_tointeger(L, lua_upvalueindex(3)));
    lua_settop(L, 0);
    luaL_checkstack(L, count + 2, "too many arguments");
    for (int i = 1; i <= 2; i++) lua_pushvalue(L, lua_upvalueindex(i));
    for (int i = 1; i <= count; i++) lua_pushvalue(L, lua_upvalueindex(3 + i));
    lua_call(L, count + 1, LUA_MULTRET);
    const int results = lua_gettop(L);
    if (lua_toboolean(L, 1)) return results;
    if (results > 1) return luaL_error(L, "%s", lua_tostring(L, 2));
    lua_settop(L, 0);
    lua_pushvalue(L, lua_upvalueindex(2));
    const lua_CFunction close = stream->closef;
    stream->closef = nullptr;
    close(L);
    return 0;
}

// Upvalues: Lua's own io.lines, for the default input; and file:read.
int lines(lua_State *L) {
    if (lua_isnoneornil(L, 1)) return call_own(L);
    const int count = lua_gettop(L) - 1;
    luaL_argcheck(L, count <= most_formats, most_formats + 2, "too many arguments");
    open_in_place(L, 1, "r");
    lua_pushvalue(L, 1);
    lua_insert(L, 1); // the file, what the iterator keeps
    lua_pushvalue(L, lua_upvalueindex(2));
    lua_insert(L, 2);
    lua_pushinteger(L, count);
    lua_insert(L, 4);
    lua_pushcclosure(L, next_of_lines, count + 3);
    lua_insert(L, 1);
    lua_pushnil(L);
    lua_pushnil(L);
    lua_rotate(L, 2, 2);
    return 4; // the iterator, two that it needs not, and what the loop closes
}

// As Lua's; but the standard streams have no buffer, whatever a script wishes.
int set_buffer(lua_State *L) {
    static constexpr int kinds[] = {_IONBF, _IOFBF, _IOLBF};
    static constexpr const char *names[] = {"no", "full", "line", nullptr};
    luaL_Stream *const stream = open_stream_at(L, 1);
    const int kind = kinds[luaL_checkoption(L, 2, nullptr, names)];
    const auto size = static_cast<size_t>(luaL_optinteger(L, 3, BUFSIZ));
    const bool none = Runtime::of(L).standard_streams().holds(stream->f);
    return luaL_fileresult(L, none || std::setvbuf(stream->f, nullptr, kind, size) == 0, nullptr);
}

} // namespace

void add_io(lua_State *L) {
    Runtime::of(L).standard_streams().take_over(L);
    const int top = lua_gettop(L), library = top + 1, methods = top + 3;
    lua_getglobal(L, LUA_IOLIBNAME);
    luaL_getmetatable(L, LUA_FILEHANDLE);
    if (Runtime::of(L).restricted()) {
        lua_pushboolean(L, false);
        lua_setfield(L, -2, "__metatable"); // what getmetatable() gives
    }
    lua_getfield(L, -1, "__index");
    lua_pushcfunction(L, set_buffer);
    lua_setfield(L, methods, "setvbuf");
    lua_pushcfunction(L, open);
    lua_setfield(L, library, "open");
    replace_own(L, library, "input", choose_input);
    replace_own(L, library, "output", choose_output);
    lua_getfield(L, methods, "read");
    replace_own(L, library, "lines", lines, 1);
    lua_settop(L, top);
}

} // namespace fkvm
