// SPDX-License-Identifier: MIT
#include "streams.h"

#include "base/files.h"
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

// nil, the text on top of the stack and an errno.
int refused(lua_State *L, int error) {
    lua_pushnil(L);
    lua_insert(L, -2);
    lua_pushinteger(L, error);
    return 3;
}

int refuse_writing(lua_State *L, const char *path, const char *mode) {
    lua_pushfstring(L, "%s: writing files is not allowed in this sandbox (mode '%s')", path, mode);
    return refused(L, EACCES);
}

int refuse_more(lua_State *L, const char *path) {
    lua_pushfstring(L, "%s: the VM has %d files open, and may have no more; close some", path,
                    static_cast<int>(OpenFiles::most));
    return refused(L, EMFILE);
}

// Files that the script has lost count until they are collected.
bool has_too_many(lua_State *L) {
    const OpenFiles &files = Runtime::of(L).open_files();
    if (!Runtime::of(L).restricted() || files.count() < OpenFiles::most) return false;
    lua_gc(L, LUA_GCCOLLECT, 0);
    return files.count() >= OpenFiles::most;
}

std::FILE *open_by_mode(lua_State *L, Place *place, const char *mode) noexcept {
    if (*mode == 'r' && mode[1] != '+') return open_to_read(L, place, mode);
    std::FILE *const file = open_file(place->path.c_str(), mode);
    if (!file) place->error = errno;
    return file;
}

std::FILE *open_counted(lua_State *L, Place *place, const char *mode) {
    Runtime &runtime = Runtime::of(L);
    std::FILE *const file = open_by_mode(L, place, mode);
    if (file && runtime.restricted() && is_in_last_quarter(file)) {
        std::fclose(file);
        place->error = EMFILE;
        place->note = " (the last quarter of the process's descriptors is not for scripts)";
        return nullptr;
    }
    if (file) runtime.open_files().add(file);
    return file;
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
    if (Runtime::of(L).restricted() && (*mode != 'r' || mode[1] == '+'))
        return refuse_writing(L, path, mode);
    if (has_too_many(L)) return refuse_more(L, path);
    luaL_Stream *stream = push_stream(L);
    int error = 0;
    const char *note = nullptr;
    without_throwing(L, [&] {
        Place place = locate(L, path);
        stream->f = open_counted(L, &place, mode);
        error = place.error;
        note = place.note;
    });
    if (stream->f) return stream->closef = close_stream, 1;
    lua_pushfstring(L, "%s: %s%s", path, std::strerror(error), note);
    return refused(L, error);
}

} // namespace fkvm
