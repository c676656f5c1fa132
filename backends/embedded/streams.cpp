// SPDX-License-Identifier: MIT
#include "streams.h"

#include "base/files.h"
#include "paths.h"
#include "runtime.h"

#include <cerrno>
#include <cstring>

namespace fkvm {
namespace {

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

// Files that the script has lost count until they are collected.
bool has_too_many(lua_State *L) {
    const OpenFiles &files = Runtime::of(L).open_files();
    if (!Runtime::of(L).restricted() || files.count() < OpenFiles::most) return false;
    lua_gc(L, LUA_GCCOLLECT, 0);
    return files.count() >= OpenFiles::most;
}

std::FILE *open_by_mode(lua_State *L, FilePlace *place, const char *mode) noexcept {
    if (*mode == 'r' && mode[1] != '+') return open_to_read(L, place, mode);
    std::FILE *const file = open_file(place->path.c_str(), mode);
    if (!file) place->error = errno;
    return file;
}

std::FILE *open_counted(lua_State *L, FilePlace *place, const char *mode) {
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

bool is_mode(const char *mode) noexcept {
    if (!*mode || !std::strchr("rwa", *mode++)) return false;
    if (*mode == '+') mode++;
    return std::strspn(mode, "b") == std::strlen(mode);
}

int push_file(lua_State *L, const char *path, const char *mode) {
    if (Runtime::of(L).restricted() && (*mode != 'r' || mode[1] == '+')) {
        lua_pushfstring(L, "writing files is not allowed in this sandbox (mode '%s')", mode);
        return EACCES;
    }
    if (!*path) return lua_pushstring(L, std::strerror(ENOENT)), ENOENT;
    if (has_too_many(L)) {
        lua_pushfstring(L, "the VM has %d files open, and may have no more; close some",
                        static_cast<int>(OpenFiles::most));
        return EMFILE;
    }
    luaL_Stream *stream = push_stream(L);
    int error = 0;
    const char *note = nullptr;
    without_throwing(L, [&] {
        FilePlace place = locate(L, path);
        stream->f = open_counted(L, &place, mode);
        error = place.error;
        note = place.note;
    });
    if (stream->f) return stream->closef = close_stream, 0;
    lua_pushfstring(L, "%s%s", std::strerror(error), note);
    return error;
}

} // namespace fkvm
