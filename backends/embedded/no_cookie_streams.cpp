// SPDX-License-Identifier: MIT
// For systems whose files cannot be functions (Windows): the streams are files without content, and
// Lua's functions that write know them.
#include "lua_own.h"
#include "runtime.h"
#include "standard_streams.h"

#include <cerrno>

namespace fkvm {
namespace {

constexpr const char no_content[] =
#if defined(_WIN32)
    "NUL";
#else
    "/dev/null";
#endif

bool is_output(lua_State *L, int index) {
    const auto *stream = static_cast<luaL_Stream *>(luaL_testudata(L, index, LUA_FILEHANDLE));
    return stream && stream->closef && Runtime::of(L).standard_streams().takes(stream->f);
}

void write_one(lua_State *L, const std::FILE *file, int index) {
    char number[64];
    size_t size = 0;
    const char *text = number;
    if (lua_type(L, index) != LUA_TNUMBER)
        text = luaL_checklstring(L, index, &size);
    else if (lua_isinteger(L, index))
        size = static_cast<size_t>(lua_integer2str(number, sizeof number, lua_tointeger(L, index)));
    else
        size = static_cast<size_t>(lua_number2str(number, sizeof number, lua_tonumber(L, index)));
    Runtime::of(L).standard_streams().take(file, text, size);
}

// What lies from `first` to `last`. Returns the file.
int write_all(lua_State *L, int file, int first, int last) {
    const std::FILE *const to = static_cast<luaL_Stream *>(lua_touserdata(L, file))->f;
    for (int i = first; i <= last; i++) write_one(L, to, i);
    lua_pushvalue(L, file);
    return 1;
}

// Upvalue: Lua's own.
int write_method(lua_State *L) {
    return is_output(L, 1) ? write_all(L, 1, 2, lua_gettop(L)) : call_own(L);
}

// Upvalues: Lua's own, and its io.output.
int write_function(lua_State *L) {
    const int last = lua_gettop(L);
    lua_pushvalue(L, lua_upvalueindex(2));
    lua_call(L, 0, 1);
    if (is_output(L, -1)) return write_all(L, last + 1, 1, last);
    lua_settop(L, last);
    return call_own(L);
}

// Upvalue: Lua's own. As a pipe answers.
int seek_method(lua_State *L) {
    const auto *stream = static_cast<luaL_Stream *>(luaL_testudata(L, 1, LUA_FILEHANDLE));
    if (!stream || !Runtime::of(L).standard_streams().holds(stream->f)) return call_own(L);
    errno = ESPIPE;
    return luaL_fileresult(L, 0, nullptr);
}

// Upvalue: Lua's own. Not every C library has an error for it.
int read_method(lua_State *L) {
    if (!is_output(L, 1)) return call_own(L);
    errno = EBADF;
    return luaL_fileresult(L, 0, nullptr);
}

} // namespace

std::FILE *StandardStreams::open(Stream *, const char *mode) noexcept {
    return std::fopen(no_content, mode);
}

void StandardStreams::replace_methods(lua_State *L) {
    const int library = lua_gettop(L);
    lua_getfield(L, library, "output");
    replace_own(L, library, "write", write_function, 1);
    luaL_getmetatable(L, LUA_FILEHANDLE);
    lua_getfield(L, -1, "__index");
    replace_own(L, -1, "read", read_method);
    replace_own(L, -1, "write", write_method);
    replace_own(L, -1, "seek", seek_method);
    lua_pop(L, 2);
}

} // namespace fkvm
