// SPDX-License-Identifier: MIT
#include "streams.h"

#include "paths.h"
#include "runtime.h"

#include <cerrno>
#include <cstring>

namespace fkvm {
namespace {

// As Lua's io.open takes them.
bool is_mode(const char *mode) noexcept {
    if (!*mode || !std::strchr("rwa", *mode++)) return false;
    if (*mode == '+') mode++;
    return std::strspn(mode, "b") == std::strlen(mode);
}

int close_stream(lua_State *L) {
    const auto *stream = static_cast<luaL_Stream *>(luaL_checkudata(L, 1, LUA_FILEHANDLE));
    return luaL_fileresult(L, Runtime::of(L).open_files().close(stream->f) == 0, nullptr);
}

// As Lua's own, so that its functions take it; closed until it has a file.
luaL_Stream *push_stream(lua_State *L) {
    auto *stream = static_cast<luaL_Stream *>(lua_newuserdatauv(L, sizeof(luaL_Stream), 0));
    stream->f = nullptr;
    stream->closef = nullptr;
    luaL_setmetatable(L, LUA_FILEHANDLE);
    return stream;
}

int refuse_writing(lua_State *L, const char *path, const char *mode) {
    lua_pushnil(L);
    lua_pushfstring(L, "%s: writing files is not allowed in this sandbox (mode '%s')", path, mode);
    lua_pushinteger(L, EACCES);
    return 3;
}

} // namespace

OpenFiles::~OpenFiles() {
    for (std::FILE *file : files_) std::fclose(file);
}

void OpenFiles::add(std::FILE *file) try { files_.insert(file); } catch (...) {
    std::fclose(file);
    throw;
}

int OpenFiles::close(std::FILE *file) noexcept {
    files_.erase(file);
    return std::fclose(file);
}

int open_stream(lua_State *L) {
    const char *path = path_argument(L, 1), *mode = luaL_optstring(L, 2, "r");
    luaL_argcheck(L, is_mode(mode), 2, "invalid mode");
    Runtime &runtime = Runtime::of(L);
    if (runtime.restricted() && (*mode != 'r' || mode[1] == '+'))
        return refuse_writing(L, path, mode);
    luaL_Stream *stream = push_stream(L);
    const char how[] = {*mode, mode[1] == '+' ? '+' : 'e', 'e', '\0'};
    int error = 0;
    without_throwing(L, [&] {
        stream->f = std::fopen(absolute(L, path).c_str(), how);
        error = errno;
        if (stream->f) runtime.open_files().add(stream->f);
    });
    errno = error;
    if (!stream->f) return luaL_fileresult(L, 0, path);
    stream->closef = close_stream;
    return 1;
}

} // namespace fkvm
